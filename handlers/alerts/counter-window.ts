/** A window is kept in so many parts: it covers its length to within one of them. */
const PARTS = 60

interface Part {
  /** When the reading before its first was made, and when its latest was. */
  readonly from: number
  to: number
  amount: number
  whole: number
}

/** What came within the latest `windowNs`, from readings of how much came since the one before. Times are monotonic, ns. */
export class CounterWindow {
  readonly #windowNs: number
  readonly #parts: Part[] = []
  #readAt: number
  /** When something came last; when it was made, if nothing did. */
  busyAt: number

  constructor(windowNs: number, now: number) {
    this.#windowNs = windowNs
    this.#readAt = now
    this.busyAt = now
  }

  add(amount: number, whole: number, now: number): void {
    const last = this.#parts.at(-1)
    if (last !== undefined && now - last.from <= this.#windowNs / PARTS) {
      last.to = now
      last.amount += amount
      last.whole += whole
    } else this.#parts.push({ from: this.#readAt, to: now, amount, whole })
    this.#readAt = now
    if (amount > 0 || whole > 0) this.busyAt = now
    const begins = now - this.#windowNs
    while (this.#parts.length > 1 && (this.#parts[0]?.to ?? now) <= begins) this.#parts.shift()
  }

  get amount(): number {
    return this.#parts.reduce((sum, part) => sum + part.amount, 0)
  }

  get whole(): number {
    return this.#parts.reduce((sum, part) => sum + part.whole, 0)
  }

  /** Per second of the time that was really observed; undefined before any has passed. */
  get rate(): number | undefined {
    const [first, last] = [this.#parts[0], this.#parts.at(-1)]
    const passed = first === undefined || last === undefined ? 0 : last.to - first.from
    return passed > 0 ? this.amount / (passed / 1e9) : undefined
  }
}
