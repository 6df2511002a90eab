import type { Clock } from '../core/types.ts'
import type { DeliveryResult } from './outcome.ts'

/** Sends one item, once. `signal` is aborted when the attempt takes too long and when the sender closes. */
export type Deliver<T> = (item: T, signal: AbortSignal) => Promise<DeliveryResult>

/** One attempt that is under way. */
export interface Attempt {
  /** Aborts it: `done` is not called any more. */
  cancel(): void
}

interface AttemptOptions {
  readonly clock: Clock
  readonly timeoutMs: number
  done(result: DeliveryResult): void
}

/**
 * Begins an attempt. `done` is called once, later than this returns, within `timeoutMs`: a `deliver` that throws, rejects,
 * does not end or resolves to no result is a `retry`, and what comes of it afterwards is ignored.
 */
export function beginAttempt<T>(deliver: Deliver<T>, item: T, { clock, timeoutMs, done }: AttemptOptions): Attempt {
  const controller = new AbortController()
  let ended = false
  /** True the first time. */
  const end = (): boolean => {
    if (ended) return false
    ended = true
    cancelTimer()
    return true
  }
  const cancelTimer = clock.after(timeoutMs, () => {
    if (!end()) return
    controller.abort()
    done(retry('the attempt took too long'))
  })
  const follow = async () => {
    const result = await run(deliver, item, controller.signal)
    if (end()) done(result)
  }
  void follow()
  return {
    cancel() {
      if (end()) controller.abort()
    },
  }
}

async function run<T>(deliver: Deliver<T>, item: T, signal: AbortSignal): Promise<DeliveryResult> {
  try {
    const result: unknown = await deliver(item, signal)
    return isResult(result) ? result : retry('deliver gave no result')
  } catch {
    // What was thrown may quote an address.
    return retry('deliver has thrown')
  }
}

function isResult(value: unknown): value is DeliveryResult {
  return typeof value === 'object' && value !== null && 'outcome' in value
}

function retry(reason: string): DeliveryResult {
  return { outcome: 'retry', reason }
}
