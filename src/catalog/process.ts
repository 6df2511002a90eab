import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'child.{}': {
    description: 'A process that this one has started, until its exit. `exception` means that it could not be started.',
    start: {
      measurements: { active: ['count', 'Child processes running, this one included.'] },
      metadata: {
        command: [
          'string',
          'Name of the program without its folder, `sh` for commands of a shell; _OTHER when it is not a plain name.',
        ],
        'pid?': ['number', 'Process id; absent when it could not be started.'],
      },
    },
    end: {
      measurements: { active: ['count', 'Child processes running after this one.'] },
      metadata: {
        'exit_code?': ['number', 'Absent when a signal ended it.'],
        'signal?': ['string', 'The signal that ended it.'],
        'error_type?': ['string', 'The signal, the exit code unless it was 0, or the code of the error.'],
      },
    },
  },
  'worker.{}': {
    description:
      'A worker thread of this process, until its exit. `exception` means that it threw what it did not catch; the outcome is `error` when its exit code is not 0, as after `terminate`.',
    start: {
      measurements: { active: ['count', 'Worker threads running, this one included.'] },
      metadata: { thread_id: ['number', 'Of the thread.'] },
    },
    end: {
      measurements: { active: ['count', 'Worker threads running after this one.'] },
      metadata: {
        exit_code: ['number', 'Of the thread.'],
        'error_type?': ['string', 'The exit code unless it was 0, or the code or name of the error.'],
      },
    },
  },
} as const

/**
 * Child processes and worker threads, from Node's diagnostics channels (`instrumentChildProcess` and
 * `instrumentWorkerThreads` of `sonde/interop`).
 *
 * Keys follow OpenTelemetry's `process.exit.code` and `error.type`: https://opentelemetry.io/docs/specs/semconv/
 */
export const processEvents: EventCatalog<'process', typeof definitions> = defineEvents('process', definitions)

export type ProcessEvents = EventsOf<typeof processEvents>
