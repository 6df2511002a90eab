import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
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
    },
  },
} as const

/** What comes from within Python workers (`sonde/bridge`). */
export const pythonEvents: EventCatalog<'python', typeof definitions> = defineEvents('python', definitions)

export type PythonEvents = EventsOf<typeof pythonEvents>
