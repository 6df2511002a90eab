import { maxRetryAfterMs } from './retry-after.ts'

/** How long to wait between attempts, in milliseconds. */
export interface BackoffOptions {
  /** Upper limit after the first failure, default 500. */
  readonly baseMs?: number
  /** Upper limit after any failure, default 60,000. */
  readonly capMs?: number
  /** What the receiver asked for. More than an hour counts as an hour, what is not positive as nothing. */
  readonly retryAfterMs?: number | undefined
  /** Gives numbers from 0 up to 1, default `Math.random`. */
  readonly random?: () => number
}

/**
 * Milliseconds until the next attempt after `failures` failures before the last one (0 after the first).
 *
 * Full jitter: anywhere from 0 to `min(capMs, baseMs · 2^failures)`, so that many senders do not come back at once, but
 * never earlier than `retryAfterMs`. (AWS Architecture Blog, "Exponential Backoff and Jitter", 2015.)
 */
export function backoff(
  failures: number,
  { baseMs = 500, capMs = 60_000, retryAfterMs = 0, random = Math.random }: BackoffOptions = {},
): number {
  // 2^1023 is the largest power that is finite; with a base of 0 an infinite one would give NaN.
  const limit = Math.min(capMs, baseMs * 2 ** Math.min(failures, 1_023))
  const asked = retryAfterMs > 0 ? Math.min(retryAfterMs, maxRetryAfterMs) : 0
  return Math.max(random() * limit, asked)
}
