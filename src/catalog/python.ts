import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'call.{}': {
    description: 'A function is run by a worker, without the way there and back; only while somebody listens to it.',
    start: {
      measurements: { args_size: ['byte', 'Of the call as it has come.'] },
      metadata: {
        function: ['string', 'As it is registered.'],
        pool: ['string', 'Name of the bridge.'],
        worker_id: ['string', 'Which worker.'],
        os_pid: ['number', 'Its process id.'],
        'correlation_id?': ['string', 'Of the caller.'],
        'trace_id?': ['string', 'Of the caller.'],
      },
    },
    end: { measurements: { 'result_size?': ['byte', 'Of the result as it is sent.'] }, metadata: {} },
    exception: {
      measurements: {},
      metadata: {
        error_type: ['string', 'Class of the exception.'],
        error_message: ['string', 'What it says.', 'internal'],
      },
    },
  },
  'error.occurred': {
    description: 'A function has raised, or a program has said so; bridge.call.exception comes with the former.',
    sampled: 'never',
    measurements: {},
    metadata: {
      error_type: ['string', 'Class of the exception.'],
      error_message: ['string', 'What it says.', 'internal'],
      traceback: ['string', 'Its innermost frames.', 'internal'],
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'Which worker.'],
      os_pid: ['number', 'Its process id.'],
      'correlation_id?': ['string', 'Of the caller.'],
      'trace_id?': ['string', 'Of the caller.'],
      'span_id?': ['string', 'The operation that it is within.'],
    },
  },
  'memory.sampled': {
    description: 'Memory of a worker, every five seconds.',
    measurements: { rss: ['byte', 'Resident.'], 'vms?': ['byte', 'Virtual.'] },
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'Which worker.'],
      os_pid: ['number', 'Its process id.'],
      'correlation_id?': ['string', 'Of the caller.'],
      'trace_id?': ['string', 'Of the caller.'],
      'span_id?': ['string', 'The operation that it is within.'],
    },
  },
  'cpu.sampled': {
    description: 'Processor time of a worker, every five seconds.',
    measurements: { utilization: ['ratio', 'Share of one processor since the sample before.'] },
    metadata: {
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'Which worker.'],
      os_pid: ['number', 'Its process id.'],
      'correlation_id?': ['string', 'Of the caller.'],
      'trace_id?': ['string', 'Of the caller.'],
      'span_id?': ['string', 'The operation that it is within.'],
    },
  },
  'gc.completed': {
    description: 'A collection of cyclic garbage of the oldest generation has ended in a worker.',
    measurements: {
      duration: ['nanosecond', 'How long it took.'],
      collected: ['count', 'Objects that were freed.'],
      uncollectable: ['count', 'Objects that could not be.'],
    },
    metadata: {
      generation: ['number', '0 to 2.'],
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'Which worker.'],
      os_pid: ['number', 'Its process id.'],
      'correlation_id?': ['string', 'Of the caller.'],
      'trace_id?': ['string', 'Of the caller.'],
      'span_id?': ['string', 'The operation that it is within.'],
    },
  },
  log: {
    description: 'Something that a Python worker has printed.',
    measurements: {},
    metadata: {
      level: ['string', '`info` for standard output, `error` for standard error.'],
      logger: ['string', '`stdout` or `stderr`.'],
      message: ['string', 'One line, 4 KiB at most, without known secrets.'],
      pool: ['string', 'Name of the bridge.'],
      worker_id: ['string', 'Which worker.'],
      'os_pid?': ['number', 'Its process id; absent before it is ready.'],
      'correlation_id?': ['string', 'Of the caller.'],
      'trace_id?': ['string', 'Of the caller.'],
      'span_id?': ['string', 'The operation that it is within.'],
    },
  },
} as const

/** What comes from within Python workers (`sonde/bridge`). */
export const pythonEvents: EventCatalog<'python', typeof definitions> = defineEvents('python', definitions)

export type PythonEvents = EventsOf<typeof pythonEvents>
