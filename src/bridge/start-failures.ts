import { BridgeError } from './bridge-error.ts'
import type { Worker } from './worker.ts'

/** So many starts that fail within a minute, or in a row while no worker is there, are no accident. */
const MANY = 10
const WITHIN_NS = 60e9
const IN_A_ROW = 3

/** Whether workers can be started at all. */
export interface StartFailures {
  /** A start has failed: true when no more should be tried for now. */
  failed(now: number, hasWorkers: boolean): boolean
  succeeded(): void
  /** In the last minute. */
  readonly count: number
}

export function createStartFailures(): StartFailures {
  let times: number[] = []
  let inARow = 0
  return {
    failed(now, hasWorkers) {
      inARow++
      times = [...times.filter((time) => now - time < WITHIN_NS), now].slice(-MANY)
      return times.length >= MANY || (inARow >= IN_A_ROW && !hasWorkers)
    },
    succeeded() {
      inARow = 0
    },
    get count() {
      return times.length
    },
  }
}

/** Why no worker can be started, and the way out. */
export function startError(worker: Worker, python: string, stderr: string): BridgeError {
  const { startError: cause, reason } = worker
  if (cause instanceof Error) {
    const isMissing = 'code' in cause && cause.code === 'ENOENT'
    const problem = isMissing
      ? `there is no '${python}' here; install Python 3.9 or later, or say where it is with 'python'`
      : `'${python}' cannot be started: ${cause.message}`
    return new BridgeError('start_failed', problem, { cause })
  }
  if (cause !== undefined) {
    return new BridgeError('start_failed', `the worker's modules raise ${cause.type}: ${cause.message}`, {
      python: cause,
    })
  }
  const last = stderr.trim().split('\n').at(-1) ?? ''
  const how = reason === 'start_timeout' ? 'was not ready in time' : 'has ended before it was ready'
  return new BridgeError('start_failed', `a worker ${how}${last === '' ? '' : `: ${last}`}`)
}
