/**
 * The keys that every span has without its definition saying so: the bus puts them there, so a definition must not.
 * `exception`'s `outcome` is `aborted` when the thrown value is an `AbortError` and `abandoned` when nobody ended the span.
 */
export const spanKeys = {
  start: {
    measurements: {
      monotonic_time: ['nanosecond', 'Monotonic clock at the start.'],
      system_time: ['millisecond', 'Wall clock at the start, since the epoch.'],
    },
    metadata: {
      span_id: ['string', '16 hex characters, the same in all events of the span.'],
      'parent_span_id?': ['string', 'The enclosing span.'],
    },
  },
  stop: {
    measurements: {
      duration: ['nanosecond', 'From start to end.'],
      monotonic_time: ['nanosecond', 'Monotonic clock at the end.'],
    },
    metadata: {
      span_id: ['string', '16 hex characters, the same in all events of the span.'],
      'parent_span_id?': ['string', 'The enclosing span.'],
      outcome: [['ok', 'error'], '`error` after `span.fail`.'],
      'error?': ['unknown', 'What `span.fail` was given.', 'internal'],
    },
  },
  exception: {
    measurements: {
      duration: ['nanosecond', 'From start to end.'],
      monotonic_time: ['nanosecond', 'Monotonic clock at the end.'],
    },
    metadata: {
      span_id: ['string', '16 hex characters, the same in all events of the span.'],
      'parent_span_id?': ['string', 'The enclosing span.'],
      outcome: [['exception', 'aborted', 'abandoned'], 'How the operation ended.'],
      'error?': ['unknown', 'What `span.fail` was given before.', 'internal'],
      kind: [['throw', 'rejection', 'abandoned'], 'Thrown, the rejection of a promise, or nobody ended the span.'],
      reason: ['unknown', 'The thrown value itself.', 'internal'],
      stacktrace: ['string', 'Its stack; empty when it has none.', 'internal'],
    },
  },
} as const
