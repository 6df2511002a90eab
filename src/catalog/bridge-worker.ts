import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'worker.spawn.{}': {
    description: 'A worker is being started. `exception`: it has ended before it was ready.',
    sampled: 'never',
    start: {
      measurements: {},
      metadata: {
        pool: ['string', 'Name of the bridge.'],
        worker_id: ['string', 'The place in the pool, which keeps its name when its process is replaced.'],
      },
    },
    end: {
      measurements: {},
      metadata: {
        'os_pid?': ['number', 'Its process id.'],
        'python_version?': ['string', 'Such as 3.11.2.'],
      },
    },
  },
  'worker.spawned': {
    description: 'A worker is ready; comes with bridge.worker.spawn.stop.',
    sampled: 'never',
    measurements: {
      startup_time: ['nanosecond', 'From its start on.'],
      total_workers: ['count', 'Workers that are ready, this one included.'],
    },
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool, which keeps its name when its process is replaced.'],
      python_version: ['string', 'Such as 3.11.2.'],
      os_pid: ['number', 'Its process id.'],
    },
  },
  'worker.terminated': {
    description: 'A worker has ended, and all that it has started.',
    sampled: 'never',
    measurements: {
      lifetime: ['nanosecond', 'From its start on.'],
      operations_handled: ['count', 'Calls that it has replied to.'],
      total_workers: ['count', 'Workers that are ready now.'],
    },
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool, which keeps its name when its process is replaced.'],
      reason: [
        [
          'crashed',
          'start_failed',
          'start_timeout',
          'protocol',
          'heartbeat',
          'timeout',
          'closed',
          'ttl',
          'max_calls',
          'memory',
        ],
        'Why: `protocol` is something on a channel that is no frame, `timeout` a call that could not be called off.',
      ],
      planned: ['boolean', 'It was replaced in time, or the bridge was closed.'],
      'exit_code?': ['number', 'Absent when a signal has ended it.'],
      'signal?': ['string', 'The signal that has ended it.'],
    },
  },
  'worker.restarted': {
    description: 'A worker is ready in the place of one that has ended.',
    sampled: 'never',
    measurements: {
      downtime: ['nanosecond', 'How long nobody was there.'],
      restart_count: ['count', 'Restarts in this place.'],
    },
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool, which keeps its name when its process is replaced.'],
      reason: [
        [
          'crashed',
          'start_failed',
          'start_timeout',
          'protocol',
          'heartbeat',
          'timeout',
          'closed',
          'ttl',
          'max_calls',
          'memory',
        ],
        'Why: `protocol` is something on a channel that is no frame, `timeout` a call that could not be called off.',
      ],
    },
  },
  'worker.recycled': {
    description: 'A worker is replaced because of its age, its calls or its memory.',
    sampled: 'never',
    measurements: {
      lifetime: ['nanosecond', 'From its start on.'],
      operations_handled: ['count', 'Calls that it has replied to.'],
      'memory?': ['byte', 'At its last heartbeat.'],
    },
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool, which keeps its name when its process is replaced.'],
      reason: [['ttl', 'max_calls', 'memory'], 'What was reached.'],
    },
  },
  'worker.health_check_failed': {
    description: 'A worker is ended because it does not answer.',
    sampled: 'never',
    measurements: { missed: ['count', 'Heartbeats in a row without an answer.'] },
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool, which keeps its name when its process is replaced.'],
      reason: [['heartbeat'], 'What it has failed.'],
    },
  },
  'heartbeat.started': {
    description: 'A worker is ready and is asked from now on whether it lives.',
    sampled: 'never',
    measurements: {},
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool, which keeps its name when its process is replaced.'],
    },
  },
  'heartbeat.sent': {
    description: 'A worker was asked whether it lives.',
    measurements: {},
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool, which keeps its name when its process is replaced.'],
    },
  },
  'heartbeat.received': {
    description: 'A worker has answered.',
    measurements: { round_trip: ['nanosecond', 'Since it was asked.'] },
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool, which keeps its name when its process is replaced.'],
    },
  },
  'heartbeat.missed': {
    description: 'A worker has not answered in time.',
    sampled: 'never',
    measurements: { missed: ['count', 'In a row.'] },
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool, which keeps its name when its process is replaced.'],
    },
  },
  'heartbeat.failed': {
    description: 'A worker has not answered too often and is ended; comes with bridge.worker.health_check_failed.',
    sampled: 'never',
    measurements: { missed: ['count', 'In a row.'] },
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool, which keeps its name when its process is replaced.'],
    },
  },
  'heartbeat.stopped': {
    description: 'A worker has ended and is asked no more.',
    sampled: 'never',
    measurements: {},
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool, which keeps its name when its process is replaced.'],
    },
  },
  'telemetry.dropped': {
    description: 'A worker has not sent all that was emitted in it; told once a second at most.',
    sampled: 'never',
    measurements: {
      count: ['count', 'Events that were lost for this reason since it was told last.'],
      received: ['count', 'Events that were emitted in the worker since then.'],
      sampled_out: ['count', 'Of them, those that sampling has left out.'],
    },
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool.'],
      reason: [
        'string',
        'Such as `overflow`, `invalid`, `too_large`, `filtered`; `sampled_out` is what sampling has left out.',
      ],
    },
  },
  'telemetry.unknown_event': {
    description: 'A worker has emitted a name that is not of the catalog; it is under python.custom. here.',
    measurements: { count: ['count', 'Always 1.'] },
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool.'],
      name: ['string', 'As the worker says it.'],
    },
  },
  'control.acknowledged': {
    description: 'A worker was given rules for its telemetry and says by which it goes.',
    sampled: 'never',
    measurements: {},
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'The place in the pool.'],
      rules: ['unknown', 'The rules in force: those that were given, or those before when they were wrong.'],
    },
  },
} as const

/** How Python workers begin, live and end (`sonde/bridge`). */
export const bridgeWorkerEvents: EventCatalog<'bridge', typeof definitions> = defineEvents('bridge', definitions)

export type BridgeWorkerEvents = EventsOf<typeof bridgeWorkerEvents>
