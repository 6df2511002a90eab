import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'pool.initialized': {
    description: 'All workers of a pool are ready for the first time.',
    sampled: 'never',
    measurements: {
      duration: ['nanosecond', 'Since the bridge was made.'],
      total_workers: ['count', 'Workers of the pool.'],
    },
    metadata: { pool: ['string', 'Name of the bridge.'] },
  },
  'pool.status': {
    description: 'How a pool is doing, every five seconds.',
    sampled: 'never',
    measurements: {
      available_workers: ['count', 'Workers that wait for a call.'],
      busy_workers: ['count', 'Workers that run a call.'],
      total_workers: ['count', 'Both.'],
      queue_depth: ['count', 'Calls that wait for a worker.'],
    },
    metadata: { pool: ['string', 'Name of the bridge.'] },
  },
  'pool.enqueued': {
    description: 'A call has met no free worker and waits.',
    measurements: { queue_depth: ['count', 'Calls that wait, this one included.'] },
    metadata: { pool: ['string', 'Name of the bridge.'], function: ['string', 'As it is registered in Python.'] },
  },
  'pool.dequeued': {
    description: 'A call that has waited has a worker.',
    measurements: {
      queue_time: ['nanosecond', 'How long it has waited.'],
      queue_depth: ['count', 'Calls that still wait.'],
    },
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      function: ['string', 'As it is registered in Python.'],
      worker_id: ['string', 'The worker.'],
    },
  },
  'pool.timeout': {
    description: 'A call has waited for as long as it may; bridge.call.exception comes with it.',
    sampled: 'never',
    measurements: {
      queue_time: ['nanosecond', 'How long it has waited.'],
      queue_depth: ['count', 'Calls that still wait.'],
    },
    metadata: { pool: ['string', 'Name of the bridge.'], function: ['string', 'As it is registered in Python.'] },
  },
  'pool.saturated': {
    description: 'A call was refused because too many wait; bridge.call.exception comes with it.',
    sampled: 'never',
    measurements: {
      queue_depth: ['count', 'Calls that wait.'],
      max_queue_depth: ['count', 'Calls that may.'],
    },
    metadata: { pool: ['string', 'Name of the bridge.'] },
  },
  'circuit.opened': {
    sampled: 'never',
    measurements: { failures: ['count', 'Starts that have failed in the last minute.'] },
    description: 'No worker can be started: calls fail at once.',
    metadata: { pool: ['string', 'Name of the bridge.'], reason: ['string', 'The code of the error.'] },
  },
  'circuit.half_open': {
    description: 'One worker is tried.',
    sampled: 'never',
    measurements: { failures: ['count', 'Starts that have failed in the last minute.'] },
    metadata: { pool: ['string', 'Name of the bridge.'] },
  },
  'circuit.closed': {
    description: 'A worker could be started, and calls are made again.',
    sampled: 'never',
    measurements: { failures: ['count', 'Starts that have failed in the last minute.'] },
    metadata: { pool: ['string', 'Name of the bridge.'] },
  },
} as const

/** What a pool of Python workers does (`sonde/bridge`). */
export const bridgePoolEvents: EventCatalog<'bridge', typeof definitions> = defineEvents('bridge', definitions)

export type BridgePoolEvents = EventsOf<typeof bridgePoolEvents>
