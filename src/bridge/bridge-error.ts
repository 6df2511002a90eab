/**
 * Why a call has no result. `timeout`: it ran for too long. `queue_timeout`: no worker was free in time. `saturated`: the queue is full. `cancelled`: by its signal.
 * `worker_died`: with the call. `poisoned`: two workers have died with it. `python_error`: the function has raised. `invalid_arguments`: they do not fit its signature.
 * `unknown_function`: nothing is registered under the name. `unsupported_value`: an argument or the result cannot cross. `start_failed`: no worker can be started.
 * `closed`: the bridge is.
 */
export type BridgeFailure =
  | 'timeout'
  | 'queue_timeout'
  | 'saturated'
  | 'cancelled'
  | 'worker_died'
  | 'poisoned'
  | 'python_error'
  | 'invalid_arguments'
  | 'unknown_function'
  | 'unsupported_value'
  | 'start_failed'
  | 'closed'

/** What an exception of Python's says of itself, without known secrets. */
export interface PythonError {
  /** Name of its class. */
  readonly type: string
  readonly message: string
  /** As Python prints it, the innermost frames; empty when there are none. */
  readonly traceback: string
}

/** How a worker has ended. */
export interface WorkerEnd {
  readonly workerId: string
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  /** The last 8 KiB of what it has written there, without known secrets. */
  readonly stderr: string
}

export interface BridgeErrorDetails {
  readonly python?: PythonError | undefined
  readonly worker?: WorkerEnd | undefined
  readonly cause?: unknown
}

/** A call, or a start of workers, that has failed. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError'
  readonly code: BridgeFailure
  /** Of `python_error` and its like. */
  readonly python: PythonError | undefined
  /** Of `worker_died` and `poisoned`. */
  readonly worker: WorkerEnd | undefined

  /** The message reads `[sonde] bridge: <what is wrong and the way out>`. */
  constructor(code: BridgeFailure, problem: string, { python, worker, cause }: BridgeErrorDetails = {}) {
    super(`[sonde] bridge: ${problem}`, cause === undefined ? {} : { cause })
    this.code = code
    this.python = python
    this.worker = worker
  }
}

/** What kind of failure it is, for labels: few values. */
export type ErrorCategory =
  | 'timeout'
  | 'python_error'
  | 'worker_error'
  | 'cancelled'
  | 'saturated'
  | 'poisoned'
  | 'validation'

const CATEGORIES: Readonly<Record<BridgeFailure, ErrorCategory>> = {
  timeout: 'timeout',
  queue_timeout: 'timeout',
  saturated: 'saturated',
  cancelled: 'cancelled',
  worker_died: 'worker_error',
  poisoned: 'poisoned',
  python_error: 'python_error',
  invalid_arguments: 'validation',
  unknown_function: 'validation',
  unsupported_value: 'validation',
  start_failed: 'worker_error',
  closed: 'cancelled',
}

export function errorCategory(code: BridgeFailure): ErrorCategory {
  return CATEGORIES[code]
}
