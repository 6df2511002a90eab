/** Functions that wait until all items of a set are gone. */
export interface Departures<T> {
  /** Calls `then` when every one of `items` is gone; at once when there are none. */
  after(items: Iterable<T>, then: () => void): void
  gone(items: Iterable<T>): void
}

/** Makes one for which nobody waits. */
export function createDepartures<T>(): Departures<T> {
  let waiting: { readonly left: Set<T>; readonly then: () => void }[] = []

  const gone = (items: Iterable<T>) => {
    for (const { left } of waiting) for (const item of items) left.delete(item)
    const due = waiting.filter(({ left }) => left.size === 0)
    waiting = waiting.filter(({ left }) => left.size > 0)
    for (const { then } of due) then()
  }

  return {
    after(items, then) {
      waiting.push({ left: new Set(items), then })
      gone([])
    },
    gone,
  }
}
