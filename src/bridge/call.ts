import type { BridgeError } from './bridge-error.ts'

/** What a call has come to. */
export type Outcome =
  | { readonly value: unknown; readonly size: number; readonly workerId: string }
  | { readonly error: BridgeError; readonly workerId: string | undefined }

export interface CallRequest {
  readonly fn: string
  /** What stands in its frame beside its number and its time: JSON without the braces. */
  readonly body: string
  /** How long it may run, in milliseconds. */
  readonly timeoutMs: number
  /** How long it may wait for a worker, in milliseconds. */
  readonly queueTimeoutMs: number
  /** It may be made again when a worker has died with it. */
  readonly idempotent: boolean
  /** Called exactly once. */
  onSettled(outcome: Outcome, call: Call): void
}

/** A call on its way: it waits, it runs, and it settles exactly once. */
export class Call {
  readonly request: CallRequest
  /** Workers that have died with it. */
  deaths = 0
  /** Stands for the time that it waits in, or runs in. */
  cancelTimer: (() => void) | undefined
  /** When it began to wait, in nanoseconds; undefined when it did not have to. */
  waitsSince: number | undefined
  /** How long it has waited, in nanoseconds. */
  queueTime = 0
  #isSettled = false

  constructor(request: CallRequest) {
    this.request = request
  }

  get isSettled(): boolean {
    return this.#isSettled
  }

  settle(outcome: Outcome): void {
    this.stopTimer()
    if (this.#isSettled) return
    this.#isSettled = true
    this.request.onSettled(outcome, this)
  }

  fail(error: BridgeError, workerId?: string): void {
    this.settle({ error, workerId })
  }

  stopTimer(): void {
    this.cancelTimer?.()
    this.cancelTimer = undefined
  }
}
