/** What all actors of one type have together, so that gauges by type do not depend on who has changed last. */
export class TypeTally {
  readonly type: string
  active = 0
  /** Messages that wait. */
  depth = 0
  /** How many mailboxes have each depth, by capacity. */
  readonly #byCapacity = new Map<number, DepthCount>()

  constructor(type: string) {
    this.type = type
  }

  /** An actor with an empty mailbox has come. */
  add(capacity: number): void {
    this.active++
    const count = this.#byCapacity.get(capacity) ?? { depths: [0], deepest: 0 }
    count.depths[0] = (count.depths[0] ?? 0) + 1
    this.#byCapacity.set(capacity, count)
  }

  /** A mailbox has changed by one message. */
  move(capacity: number, from: number, to: number): void {
    const count = this.#byCapacity.get(capacity)
    if (count === undefined) return
    this.depth += to - from
    count.depths[from] = (count.depths[from] ?? 1) - 1
    count.depths[to] = (count.depths[to] ?? 0) + 1
    if (to > count.deepest) count.deepest = to
    else settle(count)
  }

  /** An actor has gone, with what was in its mailbox. */
  remove(capacity: number, depth: number): void {
    const count = this.#byCapacity.get(capacity)
    if (count === undefined) return
    this.active--
    this.depth -= depth
    count.depths[depth] = (count.depths[depth] ?? 1) - 1
    settle(count)
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

interface DepthCount {
  /** Mailboxes by their depth. */
  readonly depths: number[]
  deepest: number
}

/** The deepest may be less deep now. */
function settle(count: DepthCount): void {
  while (count.deepest > 0 && (count.depths[count.deepest] ?? 0) === 0) count.deepest--
}
