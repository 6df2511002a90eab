/** What all actors of one type have together, so that gauges by type do not depend on who has changed last. */
export class TypeTally {
  readonly type: string
  active = 0
  /** Messages that wait. */
  depth = 0
  readonly #byCapacity = new Map<number, DepthTally>()

  constructor(type: string) {
    this.type = type
  }

  /** An actor with an empty mailbox has come; what it is given counts all mailboxes of its capacity. */
  add(capacity: number): DepthTally {
    this.active++
    const tally = this.#byCapacity.get(capacity) ?? new DepthTally(this)
    this.#byCapacity.set(capacity, tally)
    tally.change(0, 1)
    return tally
  }

  /** Messages in the deepest mailbox. */
  get maxDepth(): number {
    return Math.max(0, ...[...this.#byCapacity.values()].map(({ deepest }) => deepest))
  }

  /** Of the fullest mailbox, 0–1. */
  get maxUtilization(): number {
    return Math.max(0, ...[...this.#byCapacity].map(([capacity, { deepest }]) => deepest / capacity))
  }
}

/** How many mailboxes of one type and capacity have each depth, so that the deepest is known at any time. */
export class DepthTally {
  readonly #type: TypeTally
  readonly #depths: number[] = []
  deepest = 0

  constructor(type: TypeTally) {
    this.#type = type
  }

  /** A mailbox has changed by one message. */
  move(from: number, to: number): void {
    this.#type.depth += to - from
    this.change(to, 1)
    this.change(from, -1)
  }

  /** An actor has gone, with what was in its mailbox. */
  remove(depth: number): void {
    this.#type.active--
    this.#type.depth -= depth
    this.change(depth, -1)
  }

  change(depth: number, by: 1 | -1): void {
    this.#depths[depth] = (this.#depths[depth] ?? 0) + by
    if (by === 1) {
      if (depth > this.deepest) this.deepest = depth
      return
    }
    while (this.deepest > 0 && (this.#depths[this.deepest] ?? 0) === 0) this.deepest--
  }
}
