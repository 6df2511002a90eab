import type { DeliveryResult } from 'sonde/delivery'

/** A way to the receiver. Nothing here throws or rejects, and no reason quotes an address. */
export interface Transport {
  /** Resolves the name, connects: whatever comes before the first packet. At once when that is done. */
  open(): Promise<DeliveryResult>
  /**
   * Hands one packet to the system. `delivered` means no more than that: StatsD has no answers. `retry` means that the whole
   * packet has to be sent again; one that was cut off by the end of a connection may have been read in part.
   */
  send(packet: Uint8Array): Promise<DeliveryResult>
  /** Ends what is open; whatever is under way and whatever comes later is `permanent`. Safe to repeat. */
  close(): void
}

export const delivered: DeliveryResult = { outcome: 'delivered', reason: 'handed to the system' }
export const closed: DeliveryResult = { outcome: 'permanent', reason: 'the handler is detached' }

/** What a failing system call means, by its code: a message would quote the address. */
export function retryAfter(error: unknown, what: string): DeliveryResult {
  return { outcome: 'retry', reason: `${what}: ${codeOf(error)}` }
}

/** `ECONNREFUSED`; `unknown error` for errors without a code. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'
}
