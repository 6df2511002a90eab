/** The books of one queue, sink or stream at one moment. Keys are as they are exported. */
export interface LedgerSnapshot<Reason extends string = string> {
  readonly accepted: number
  readonly delivered: number
  /** Every reason there is, 0 included. */
  readonly dropped: Readonly<Record<Reason, number>>
  readonly in_flight: number
}

/** Counts what was taken in and what became of it. Counters never fall; counts that are not positive change nothing. */
export interface Ledger<Reason extends string = string> {
  accept(count?: number): void
  deliver(count?: number): void
  drop(reason: Reason, count?: number): void
  snapshot(): LedgerSnapshot<Reason>
  /** Throws unless `accepted = delivered + dropped + in_flight` with nothing below zero. For tests and soaks. */
  assertConserved(): void
}

/**
 * Makes a ledger whose reasons for a drop are `names`.
 *
 * `held` tells how many items the owner really holds, so that the check compares two independent counts. Without it
 * `in_flight` is the difference, and only more going out than came in is found.
 */
export function createLedger<const Reason extends string>(
  names: readonly Reason[],
  held?: () => number,
): Ledger<Reason> {
  const dropped = new Map<string, number>(names.map((name) => [name, 0]))
  let accepted = 0
  let delivered = 0

  const totalDropped = () => [...dropped.values()].reduce((sum, count) => sum + count, 0)
  const inFlight = () => held?.() ?? accepted - delivered - totalDropped()

  return {
    accept(count = 1) {
      if (count > 0) accepted += count
    },
    deliver(count = 1) {
      if (count > 0) delivered += count
    },
    drop(reason, count = 1) {
      if (count > 0) dropped.set(reason, (dropped.get(reason) ?? 0) + count)
    },
    snapshot() {
      // The boundary: a Map knows its keys, Object.fromEntries does not.
      const reasons = Object.fromEntries(dropped) as Record<Reason, number>
      return { accepted, delivered, dropped: reasons, in_flight: inFlight() }
    },
    assertConserved() {
      const lost = accepted - delivered - totalDropped() - inFlight()
      if (lost === 0 && inFlight() >= 0) return
      const books = `accepted ${accepted}, delivered ${delivered}, dropped ${totalDropped()}, in flight ${inFlight()}`
      throw new Error(`[sonde] ledger: not conserved: ${books}`)
    },
  }
}
