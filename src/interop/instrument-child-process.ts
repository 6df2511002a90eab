import { ChildProcess } from 'node:child_process'
import { basename } from 'node:path'
import type { Bus, Detach, Metadata } from '../core/types.ts'
import { checkOptions } from './check-options.ts'
import { exitOf } from './exit-of.ts'
import { errorType } from './http-values.ts'
import { instrumentOnce } from './instrument-once.ts'
import { type OpenedKind, observeOpened } from './observe-opened.ts'
import { watchErrors } from './watch-errors.ts'

export interface InstrumentChildProcessOptions {
  /** Processes that are not told of. It is asked before the process is started. */
  readonly ignore?: (child: ChildProcess) => boolean
}

/** What the name of a program is made of; anything else may hold data. */
const COMMAND = /^[\w.+-]{1,64}$/

const children: OpenedKind<ChildProcess> = {
  operation: 'process.child',
  channel: 'child_process',
  key: 'process',
  type: ChildProcess,
  follow(child, begin) {
    let end: ReturnType<typeof begin> | undefined
    child.once('spawn', () => {
      end = begin(describe(child))
    })
    // Of one that runs already the exit tells.
    watchErrors(child, (error) => {
      if (end !== undefined) return
      end = begin(describe(child))
      end({ error, metadata: { error_type: errorType(error) } })
    })
    child.once('exit', (code, signal) => end?.(exitOf(code, signal)))
  },
}

/**
 * Emits `process.child.*` for the processes that `spawn`, `exec`, `execFile` and `fork` start, from Node's diagnostics channel:
 * from the start of each to its exit. Of the command only the name of the program is told: no arguments, no environment.
 *
 * Node publishes nothing of the synchronous forms. Subscribed only while somebody listens; what runs when the function
 * returned is called, still ends. What `suppressInstrumentation` of `sonde/delivery` starts is left out. A second call for the
 * same bus throws `already_instrumented`, bad options `invalid_option`.
 */
export function instrumentChildProcess(bus: Bus, options: InstrumentChildProcessOptions = {}): Detach {
  checkOptions('instrumentChildProcess', options, { ignore: 'function' })
  return instrumentOnce(bus, 'child_process', () => [observeOpened(bus, children, options.ignore)])
}

function describe({ spawnfile, pid }: ChildProcess): Metadata {
  const command = basename(String(spawnfile))
  return { command: COMMAND.test(command) ? command : '_OTHER', ...(pid !== undefined && { pid }) }
}
