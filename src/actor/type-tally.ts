/** What all actors of one type have together, so that gauges by type do not depend on who has changed last. */
export class TypeTally {
  readonly type: string
  active = 0
  /** Messages that wait; see `tallyMailboxes`. */
  depth = 0
  readonly #byCapacity = new Map<number, DepthTally>()

  constructor(type: string) {
    this.type = type
  }

  /** An actor has come; what it is given counts all mailboxes of its capacity. */
  add(capacity: number): DepthTally {
    this.active++
    const tally = this.#byCapacity.get(capacity) ?? new DepthTally(this)
    this.#byCapacity.set(capacity, tally)
    return tally
  }

  /** No mailbox is counted any more. */
  clear(): void {
    this.depth = 0
    for (const tally of this.#byCapacity.values()) tally.clear()
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
  #depths: number[] = []
  deepest = 0

  constructor(type: TypeTally) {
    this.#type = type
  }

  /** A mailbox is to be counted. */
  add(depth: number): void {
    this.#type.depth += depth
    this.change(depth, 1)
  }

  /** A mailbox has changed by one message. */
  move(from: number, to: number): void {
    this.#type.depth += to - from
    this.change(to, 1)
    this.change(from, -1)
  }

  /** A mailbox is to be counted no more. */
  remove(depth: number): void {
    this.#type.depth -= depth
    this.change(depth, -1)
  }

  clear(): void {
    this.#depths = []
    this.deepest = 0
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
