/** Places that an empty one keeps: what a burst has needed once is let go. */
const KEPT = 1_024

/** A queue without holes: `Array.shift` moves everything there is, which a mailbox of thousands cannot afford. */
export class Ring<T> {
  #items: (T | undefined)[] = new Array(4)
  #head = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  push(item: T): void {
    if (this.#length === this.#items.length) this.#grow()
    this.#items[(this.#head + this.#length) & (this.#items.length - 1)] = item
    this.#length++
  }

  peek(): T | undefined {
    return this.#length === 0 ? undefined : this.#items[this.#head]
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#items.length - 1)
    if (--this.#length === 0 && this.#items.length > KEPT) this.clear()
    return item
  }

  /** Takes out the first item that matches; the others keep their order. */
  take(matches: (item: T) => boolean): T | undefined {
    const mask = this.#items.length - 1
    for (let i = 0; i < this.#length; i++) {
      const item = this.#items[(this.#head + i) & mask]
      if (item === undefined || !matches(item)) continue
      for (let j = i; j > 0; j--) {
        this.#items[(this.#head + j) & mask] = this.#items[(this.#head + j - 1) & mask]
      }
      this.shift()
      return item
    }
    return undefined
  }

  clear(): void {
    this.#items = new Array(4)
    this.#head = 0
    this.#length = 0
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let i = 0; i < this.#length; i++) {
      const item = this.#items[(this.#head + i) & (this.#items.length - 1)]
      if (item !== undefined) yield item
    }
  }

  /** Lengths are powers of two, so that an index wraps with a mask. */
  #grow(): void {
    const items = [...this]
    items.length = this.#items.length * 2
    this.#items = items
    this.#head = 0
  }
}
