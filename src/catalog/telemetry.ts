import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'handler.failure': {
    description: 'A handler has thrown, or its promise has rejected.',
    measurements: {
      monotonic_time: ['nanosecond', 'Monotonic clock when the failure was noticed.'],
      system_time: ['millisecond', 'Wall clock when the failure was noticed, since the epoch.'],
      failures: ['count', 'Failures of this handler in a row.'],
      'retry_in?': ['nanosecond', 'Until the handler is tried again.'],
    },
    metadata: {
      event: ['string', 'The event that the handler failed on.'],
      handler_id: ['string', 'The id it was attached under.'],
      config: ['unknown', 'The config it was attached with.', 'secret'],
      kind: [['throw', 'rejection'], 'Thrown, or the rejection of its promise.'],
      reason: ['unknown', 'The thrown value itself.', 'internal'],
      stacktrace: ['string', 'Its stack; empty when it has none.', 'internal'],
      state: [['detached', 'quarantined', 'kept'], 'What the failure policy did.'],
      failed_measurements: ['unknown', 'The measurements that the handler was given.'],
    },
  },
  'handler.recovered': {
    description: 'A quarantined handler has succeeded in its trial call and is back in dispatch.',
    measurements: { quarantined_for: ['nanosecond', 'Since it was taken out of dispatch.'] },
    metadata: { handler_id: ['string', 'The id it was attached under.'] },
  },
  'handler.slow': {
    description: 'A timed handler call took longer than 50 ms. One emit in 64 is timed.',
    measurements: { duration: ['nanosecond', 'Of the call.'] },
    metadata: {
      handler_id: ['string', 'The id it was attached under.'],
      event: ['string', 'The event it was called with.'],
    },
  },
  recursion: {
    description: 'Emits made from within handlers went too deep or too wide and were dropped; once per root emit.',
    measurements: {
      depth: ['count', 'Nested emits when the first was dropped.'],
      dropped: ['count', 'Emits and handler calls dropped.'],
    },
    metadata: { event: ['string', 'The first event dropped.'] },
  },
  'span.abandoned': {
    description: 'A span was garbage-collected open or has outlived its deadline.',
    measurements: { duration: ['nanosecond', 'Since its start.'] },
    metadata: {
      event: ['string', 'The operation, without `.start`.'],
      span_id: ['string', 'The id of the span.'],
    },
  },
  'control.changed': {
    description: 'The rules of the bus were replaced.',
    measurements: {},
    metadata: {
      source: ['string', '`local` when the program itself did.'],
      rules: ['unknown', 'The effective rules.'],
    },
  },
  'metrics.invalid': {
    description: 'A value could not be recorded: missing, not a number, not finite or out of range.',
    measurements: { count: ['count', 'Values refused since the last such event.'] },
    metadata: {
      metric: ['string', 'The name of the metric.'],
      reason: ['string', 'What was wrong with the value.'],
    },
  },
  'metrics.overflow': {
    description: 'A metric has reached its cap of series; further tag sets are recorded in one overflow series.',
    measurements: { series: ['count', 'Series of the metric.'] },
    metadata: {
      metric: ['string', 'The name of the metric.'],
      tag: ['string', 'The tag with the most values.'],
    },
  },
  'correlation.rejected': {
    description: 'An id or a header that came with a request was not taken; its value is not told.',
    measurements: { length: ['count', 'Characters.'] },
    metadata: {
      header: ['string', 'Its name, in lower case; `correlation_id` for what `withCorrelation` was given.'],
      reason: [
        ['malformed', 'too_long', 'duplicate', 'limit'],
        '`duplicate`: it came more than once. `limit`: it has more entries or bytes than are carried on.',
      ],
    },
  },
  'sink.export.{}': {
    description:
      'An attempt of a sink to hand over what it has. `stop` means that the receiver has taken it; at `exception` the `reason` is a few words.',
    start: {
      measurements: { points: ['count', 'Data points, log records or lines in it.'] },
      metadata: { sink: ['string', 'The handler, such as otlp.'] },
    },
    end: {
      measurements: {
        points: ['count', 'The same.'],
        bytes: ['byte', 'Of the body, before any compression.'],
      },
      metadata: { 'status?': ['number', 'What the receiver answered: of HTTP, or of gRPC.'] },
    },
  },
  'sink.dropped': {
    description: 'A sink has left out what it was to pass on.',
    measurements: { count: ['count', 'Items left out.'] },
    metadata: {
      sink: ['string', 'The handler, such as prometheus.'],
      reason: [['overflow', 'expired', 'permanent', 'invalid', 'shutdown', 'corrupt'], 'Why.'],
    },
  },
  'outbox.recovered': {
    description: 'An outbox was opened in which an earlier run had left something.',
    measurements: {
      items: ['count', 'Items that will be delivered now.'],
      corrupt: ['count', 'Records that were damaged and are lost.'],
      torn: ['count', 'Records that were only half written.'],
    },
    metadata: { sink: ['string', 'The handler, such as otlp.'] },
  },
  'outbox.degraded': {
    description: 'The disk takes no more: what an outbox is given lives in memory only until it does.',
    measurements: { items: ['count', 'Items that are in memory only.'] },
    metadata: {
      sink: ['string', 'The handler, such as otlp.'],
      reason: ['string', 'The code of the error, such as ENOSPC.'],
    },
  },
  'outbox.restored': {
    description: 'The disk takes everything again.',
    measurements: { items: ['count', 'Items in the outbox.'] },
    metadata: { sink: ['string', 'The handler, such as otlp.'] },
  },
  'sink.warning': {
    description: 'Something about a sink should be looked at, although it works. At most one a minute and reason.',
    measurements: { count: ['count', 'How often it was noticed since the last such event.'] },
    metadata: {
      sink: ['string', 'The handler, such as otlp.metrics.'],
      reason: [
        ['insecure', 'partial_success'],
        '`insecure`: credentials go out unencrypted. `partial_success`: what the receiver remarked on data that it took.',
      ],
      message: ['string', 'For people.'],
    },
  },
  'state.recovered': {
    description: 'A file of state was opened that could not be used as it was.',
    measurements: {},
    metadata: {
      sink: ['string', 'The handler, such as usage.'],
      reason: ['string', 'Such as corrupt, too_large, version.'],
      used: [['backup', 'nothing'], 'What it was begun with instead.'],
    },
  },
  'state.degraded': {
    description: 'The disk takes no more: what a handler remembers lives in memory only until it does.',
    measurements: {},
    metadata: {
      sink: ['string', 'The handler, such as usage.'],
      reason: ['string', 'The code of the error, such as ENOSPC.'],
    },
  },
  'state.restored': {
    description: 'The disk takes the state again.',
    measurements: {},
    metadata: { sink: ['string', 'The handler, such as usage.'] },
  },
  'poller.failure': {
    description: 'A polled measurement has thrown or rejected.',
    measurements: {
      failures: ['count', 'Failures of this measurement in a row.'],
      retry_in: ['nanosecond', 'Until it is polled again.'],
    },
    metadata: {
      measurement: ['string', 'The name of the polled measurement.'],
      reason: ['unknown', 'The thrown value itself.', 'internal'],
    },
  },
} as const

/** Events of the bus and its handlers about themselves. Never sampled, and silenced by `deny` only. */
export const telemetryEvents: EventCatalog<'telemetry', typeof definitions> = defineEvents('telemetry', definitions)

export type TelemetryEvents = EventsOf<typeof telemetryEvents>
