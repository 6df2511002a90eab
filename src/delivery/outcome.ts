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

/** What an HTTP status means by the rules of OTLP: 2xx is delivered, 429, 502, 503, 504 are worth a retry, all else is permanent. */
export function classifyStatus(status: number): Outcome {
  if (status >= 200 && status < 300) return 'delivered'
  return RETRIED.has(status) ? 'retry' : 'permanent'
}

/** A request that came too slowly or too early says nothing against its content (RFC 9110, 15.5.9; RFC 8470, 5.2). */
const RETRIED_BY_WEBHOOKS: ReadonlySet<number> = new Set([408, 425, 429])

/**
 * What an HTTP status means for a webhook: as `classifyStatus`, but 408, 425 and every 5xx are worth a retry too.
 *
 * A 500 of an OTLP receiver is about the data it was sent; that of a webhook is as a rule a receiver that is broken for
 * now. 410, by which a receiver wants no more, is permanent like all that is left. Fits `classify` of `post`.
 */
export function classifyWebhook(status: number): Outcome {
  return RETRIED_BY_WEBHOOKS.has(status) || (status >= 500 && status < 600) ? 'retry' : classifyStatus(status)
}
