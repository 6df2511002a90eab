import { Worker } from 'node:worker_threads'
import type { Bus, Detach } from '../core/types.ts'
import { checkOptions } from './check-options.ts'
import { exitOf } from './exit-of.ts'
import { errorType } from './http-values.ts'
import { instrumentOnce } from './instrument-once.ts'
import { type OpenedKind, observeOpened } from './observe-opened.ts'
import { watchErrors } from './watch-errors.ts'

export interface InstrumentWorkerThreadsOptions {
  /** Threads that are not told of. */
  readonly ignore?: (worker: Worker) => boolean
}

const workers: OpenedKind<Worker> = {
  operation: 'process.worker',
  channel: 'worker_threads',
  key: 'worker',
  type: Worker,
  follow(worker, begin) {
    const end = begin({ thread_id: worker.threadId })
    let thrown: unknown
    watchErrors(worker, (error) => {
      // A thread may throw undefined, which would read as none.
      thrown = error ?? new Error('The thread threw nothing')
    })
    worker.once('exit', (code) => {
      if (thrown === undefined) end(exitOf(code))
      else end({ error: thrown, metadata: { exit_code: code, error_type: errorType(thrown) } })
    })
  },
}

/**
 * Emits `process.worker.*` for the worker threads of this process, from Node's diagnostics channel: from the start of each to
 * its exit.
 *
 * Subscribed only while somebody listens; what runs when the function returned is called, still ends. What
 * `suppressInstrumentation` of `sonde/delivery` starts is left out. A second call for the same bus throws
 * `already_instrumented`, bad options `invalid_option`.
 */
export function instrumentWorkerThreads(bus: Bus, options: InstrumentWorkerThreadsOptions = {}): Detach {
  checkOptions('instrumentWorkerThreads', options, { ignore: 'function' })
  return instrumentOnce(bus, 'worker_threads', () => [observeOpened(bus, workers, options.ignore)])
}
