import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'call.{}': {
    description:
      'A Python function was called, until its result or its failure is here; waiting for a worker is part of it.',
    start: {
      measurements: { args_size: ['byte', 'Of the arguments as they are sent.'] },
      metadata: {
        pool: ['string', 'Name of the bridge.'],
        function: ['string', 'As it is registered in Python.'],
        'module?': ['string', 'Python module of the function, once a worker has said so.'],
      },
    },
    end: {
      measurements: {
        queue_time: ['nanosecond', 'How long it has waited for a worker.'],
        'result_size?': ['byte', 'Of the result as it is sent.'],
      },
      metadata: {
        'worker_id?': ['string', 'Where it has run; absent when it has not.'],
        success: ['boolean', 'True at a stop, false at an exception.'],
        cached: ['boolean', 'The result was not computed now.'],
      },
    },
    exception: {
      measurements: {},
      metadata: {
        error_type: ['string', 'Class of the exception in Python, or the code of the `BridgeError`.'],
        error_category: [
          ['timeout', 'python_error', 'worker_error', 'cancelled', 'saturated', 'poisoned', 'validation'],
          'What kind of failure it is.',
        ],
      },
    },
  },
  'call.late_reply': {
    description: 'A reply came to a call that was given up before: it was dropped.',
    sampled: 'never',
    measurements: {},
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool, which keeps its name when its process is replaced.'],
    },
  },
  'retry.attempt': {
    description: 'A call that may be made twice has lost its worker and is tried with another one.',
    sampled: 'never',
    measurements: { attempt: ['count', 'From 1 on.'] },
    metadata: { pool: ['string', 'Name of the bridge.'], function: ['string', 'As it is registered in Python.'] },
  },
  'retry.exhausted': {
    description:
      'A call that may be made twice has lost its worker and is not tried again; bridge.call.exception comes with it.',
    sampled: 'never',
    measurements: { attempt: ['count', 'Workers that have died with it.'] },
    metadata: { pool: ['string', 'Name of the bridge.'], function: ['string', 'As it is registered in Python.'] },
  },
} as const

/** Calls of Python functions (`sonde/bridge`). */
export const bridgeEvents: EventCatalog<'bridge', typeof definitions> = defineEvents('bridge', definitions)

export type BridgeEvents = EventsOf<typeof bridgeEvents>
