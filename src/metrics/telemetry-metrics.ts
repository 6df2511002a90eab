import { counter, lastValue, sum, summary } from './define.ts'
import type { MetricDefinition } from './definition.ts'
import { readyMade } from './ready-made.ts'

/**
 * What the bus and its handlers say about themselves: failures, drops and refused values.
 * Each counts one event of the catalog's `telemetry` part, by the metadata that tells where to look.
 */
export const telemetryMetrics: readonly MetricDefinition[] = /* @__PURE__ */ readyMade(() => [
  count('handler.failures', 'handler.failure', ['handler_id', 'kind', 'state'], 'Handler calls that failed.'),
  count('handler.recoveries', 'handler.recovered', ['handler_id'], 'Quarantined handlers that came back.'),
  summary('telemetry.handler.slow.duration', {
    tags: ['handler_id'],
    unit: ['nanosecond', 'second'],
    description: 'Timed handler calls of more than 50 ms.',
  }),
  add('recursion.dropped', 'recursion', 'dropped', [], 'Emits and handler calls dropped by the recursion limits.'),
  count('spans.abandoned', 'span.abandoned', ['event'], 'Spans that never ended.'),
  count('control.changes', 'control.changed', ['source'], 'Changes of the rules of the bus.'),
  add('metrics.invalid_values', 'metrics.invalid', 'count', ['metric', 'reason'], 'Values that could not be recorded.'),
  count('metrics.overflows', 'metrics.overflow', ['metric', 'tag'], 'Times that a metric reached its cap of series.'),
  count('poller.failures', 'poller.failure', ['measurement'], 'Polled measurements that failed.'),
  count('sink.exports', 'sink.export.stop', ['sink'], 'Exports that the receiver has taken.'),
  count(
    'sink.export_failures',
    'sink.export.exception',
    ['sink', 'status'],
    'Exports that failed; most are tried again.',
  ),
  add(
    'sink.points',
    'sink.export.stop',
    'points',
    ['sink'],
    'Points, records and lines that the receivers have taken.',
  ),
  add('sink.export_bytes', 'sink.export.stop', 'bytes', ['sink'], 'Bytes that the receivers have taken.'),
  count('outbox.degradations', 'outbox.degraded', ['sink', 'reason'], 'Times that the disk took no more.'),
  count('state.degradations', 'state.degraded', ['sink', 'reason'], 'Times that the disk took no more of a state.'),
  count('alert.firings', 'alert.firing', ['rule', 'severity', 'reason'], 'Alerts that people were to be told of.'),
  count('alert.resolutions', 'alert.resolved', ['rule', 'severity'], 'Ends of alerts that people were to be told of.'),
  count('alert.suppressions', 'alert.suppressed', ['rule', 'reason'], 'Occurrences that nobody was told of.'),
  add('alert.rule_failures', 'alert.rule_failed', 'failures', ['rule'], 'Rules that could not be evaluated.'),
  count('notification.deliveries', 'notification.stop', ['destination'], 'Notifications that a receiver has taken.'),
  count(
    'notification.failures',
    'notification.exception',
    ['destination', 'status'],
    'Attempts to notify that failed; most are tried again.',
  ),
  // A time and not an age: it goes on growing old when nothing is delivered any more.
  lastValue('telemetry.notification.last_success_timestamp', {
    event: 'telemetry.notification.stop',
    measurement: 'ended_at',
    tags: ['destination'],
    unit: ['millisecond', 'second'],
    description: 'When a receiver last took a notification, since the epoch.',
  }),
  add('sink.dropped', 'sink.dropped', 'count', ['sink', 'reason'], 'Items that a sink has left out.'),
])

function count(name: string, event: string, tags: readonly string[], description: string): MetricDefinition {
  return counter(`telemetry.${name}`, { event: `telemetry.${event}`, tags, description })
}

function add(name: string, event: string, key: string, tags: readonly string[], description: string): MetricDefinition {
  return sum(`telemetry.${name}`, { event: `telemetry.${event}`, measurement: key, tags, description })
}
