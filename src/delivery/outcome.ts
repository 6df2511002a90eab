/**
 * What became of one attempt. `retry`: later it may succeed. `permanent`: it never will, so it is not tried again.
 */
export type Outcome = 'delivered' | 'retry' | 'permanent'

/** The result of one attempt to deliver, whatever the protocol. */
export interface DeliveryResult {
  readonly outcome: Outcome
  /** For people and events: a few words that never quote an address or a credential. */
  readonly reason: string
  /** How long the receiver asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number
  /** Delivered, but for so many of what the item counts for: they are not sent again. */
  readonly rejected?: number
}

/** Too many requests, and the three that speak of the moment (RFC 6585, 4; RFC 9110, 15.6.3 to 15.6.5). */
const RETRIED: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** What an HTTP status means for a delivery: 2xx is delivered, 429, 502, 503 and 504 are worth a retry, all else is permanent. */
export function classifyStatus(status: number): Outcome {
  if (status >= 200 && status < 300) return 'delivered'
  return RETRIED.has(status) ? 'retry' : 'permanent'
}
