import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'performance.summary': {
    description: 'What an operation did in the window that has ended.',
    measurements: {
      count: ['count', 'Ends of the operation, failures included.'],
      mean: ['nanosecond', 'Of their durations.'],
      max: ['nanosecond', 'The longest.'],
      p50: ['nanosecond', 'The median.'],
      p95: ['nanosecond', 'The 95th percentile.'],
      p99: ['nanosecond', 'The 99th percentile.'],
      error_rate: [
        'ratio',
        'Share that failed: exceptions that were not called off, and stops whose outcome is error.',
      ],
    },
    metadata: {
      operation: ['string', 'Its name without `.stop` or `.exception`.'],
      tags: ['unknown', 'An object of strings.'],
    },
  },
  'performance.degradation': {
    description: 'The p99 of an operation is above its own past by a factor; once until it is back.',
    measurements: {
      value: ['nanosecond', 'The p99 of the window.'],
      threshold: ['nanosecond', 'What it may be: the baseline times the factor.'],
      degradation_factor: ['various', 'How many times the baseline `value` is, above 1.'],
    },
    metadata: {
      operation: ['string', 'Its name without `.stop` or `.exception`.'],
      tags: ['unknown', 'An object of strings.'],
    },
  },
  'performance.slow_queue': {
    description: 'Something has waited in a queue for longer than it may; at most one event per operation and window.',
    measurements: {
      queue_time: ['nanosecond', 'The time it waited.'],
      threshold: ['nanosecond', 'The time it may.'],
    },
    metadata: {
      operation: ['string', 'The event that told of the time.'],
      tags: ['unknown', 'An object of strings.'],
    },
  },
  'errors.spike': {
    description:
      'An operation has failed in one way as often as is too often; at most one event for each kind of failure and window.',
    measurements: {
      error_count: ['count', 'Such failures within the window.'],
      error_rate: ['ratio', 'Their share of all ends of the operation within the window.'],
      window: ['nanosecond', 'The length of the window.'],
    },
    metadata: {
      operation: ['string', 'Its name without `.stop` or `.exception`.'],
      error_type: ['string', 'The type of the error, or its name.'],
      fingerprint: ['string', 'What most of the messages have in common: no ids, no numbers.', 'internal'],
      tags: ['unknown', 'An object of strings.'],
    },
  },
} as const

/** What the analysers of performance and errors find. */
export const analysisEvents: EventCatalog<'telemetry', typeof definitions> = defineEvents('telemetry', definitions)

export type AnalysisEvents = EventsOf<typeof analysisEvents>
