import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  memory: {
    description: 'Memory of this process.',
    measurements: {
      rss: ['byte', 'Resident set size.'],
      heap_total: ['byte', "Reserved for V8's heap."],
      heap_used: ['byte', "In use of V8's heap."],
      external: ['byte', 'Held by C++ objects bound to JavaScript ones.'],
      array_buffers: ['byte', 'Held by ArrayBuffers and Buffers; part of `external`.'],
    },
    metadata: {},
  },
  heap: {
    description: "V8's heap and its limit.",
    measurements: {
      total: ['byte', 'Reserved.'],
      used: ['byte', 'In use.'],
      limit: ['byte', 'Where the process runs out of memory.'],
      malloced: ['byte', 'Taken by V8 itself through malloc.'],
      detached_contexts: ['count', 'Contexts detached and not yet collected; one that stays is a leak.'],
    },
    metadata: {},
  },
  'event_loop.delay': {
    description: 'How late the event loop was since the last poll, sampled every 10 ms.',
    measurements: {
      min: ['nanosecond', 'The least delay.'],
      mean: ['nanosecond', 'The mean delay.'],
      max: ['nanosecond', 'The longest delay.'],
      stddev: ['nanosecond', 'Standard deviation.'],
      p50: ['nanosecond', 'Median.'],
      p95: ['nanosecond', '95th percentile.'],
      p99: ['nanosecond', '99th percentile.'],
    },
    metadata: {},
  },
  'event_loop.utilization': {
    description: 'How the event loop spent the time since the last poll.',
    measurements: {
      idle: ['nanosecond', 'Waiting for events.'],
      active: ['nanosecond', 'Running code.'],
      utilization: ['ratio', 'Share of the time that it was active.'],
    },
    metadata: {},
  },
  'gc.completed': {
    description: 'The garbage collector has run. Pushed, not polled.',
    measurements: { duration: ['nanosecond', 'Of the run.'] },
    metadata: {
      kind: [['minor', 'minor_mark_sweep', 'major', 'incremental', 'weak_callbacks', 'other'], 'What it collected.'],
    },
  },
  cpu: {
    description: 'CPU time of this process since the last poll.',
    measurements: {
      user: ['nanosecond', 'In its own code.'],
      system: ['nanosecond', 'In the kernel on its behalf.'],
      utilization: ['ratio', 'CPU time divided by time passed and by the CPUs available: 1 is all of them, not one.'],
    },
    metadata: {},
  },
  resources: {
    description: 'Resources of one type that keep the event loop alive: sockets, timers, requests.',
    measurements: { count: ['count', 'Of that type; 0 once, when the last one has gone.'] },
    metadata: { type: ['string', "Node's name of the type, such as TCPSocketWrap or Timeout."] },
  },
  process: {
    description: 'This process.',
    measurements: {
      uptime: ['nanosecond', 'Since it was started.'],
      'file_descriptors?': ['count', 'Open ones; on Linux only.'],
    },
    metadata: {},
  },
} as const

/** Measurements of the Node process, polled by `startPoller` (`sonde/runtime`). */
export const nodeEvents: EventCatalog<'node', typeof definitions> = defineEvents('node', definitions)

export type NodeEvents = EventsOf<typeof nodeEvents>
