import type { DropReason, Ledger, SinkStatus } from 'sonde/delivery'

/** What the handler says of itself. */
export interface StatsdStatus extends SinkStatus {
  /** Lines whose last tags were left out, because they would not have fitted into a packet. */
  readonly shortened: number
}

/** The attachment of `attachStatsd` and of `attachStatsdEvents`. */
export interface StatsdAttachment {
  /** Sends nothing more; what is under way is dropped and counted. Safe to repeat. */
  detach(): void
  /** Sends everything at once. Resolves when it is handed to the system, or when that has failed once: see `status()`. */
  flush(): Promise<void>
  status(): StatsdStatus
  /** Of lines. */
  readonly ledger: Ledger<DropReason>
}
