/** What is put in a lane. Without a key it has a lane to itself. */
export interface Keyed {
  readonly key: string | undefined
}

/** Which items may go now: one per key at a time, in the order they came; keys take turns. Times are nanoseconds. */
export interface Lanes<T extends Keyed> {
  add(item: T): void
  /** The next item whose turn it is; its lane is closed until `remove` or `postpone`. */
  take(now: number): T | undefined
  /** Puts an item that was taken back in front of its lane, which stays closed until `readyAt`. */
  postpone(item: T, readyAt: number): void
  /** Takes an item out for good, wherever it stands. */
  remove(item: T): void
  /** When `take` may next give something: -Infinity when it would now, undefined when it first needs another call. */
  nextAt(): number | undefined
}

interface Lane<T> {
  readonly items: Set<T>
  taken: T | undefined
  readyAt: number
}

/** Makes empty lanes. All but `take` and `nextAt` are O(1), and those are O(lanes that wait for a retry). */
export function createLanes<T extends Keyed>(): Lanes<T> {
  const byKey = new Map<string, Lane<T>>()
  const laneOf = new Map<T, Lane<T>>()
  const open = new Set<Lane<T>>()
  const waiting = new Set<Lane<T>>()

  const promote = (now: number) => {
    for (const lane of waiting) {
      if (lane.readyAt > now) continue
      waiting.delete(lane)
      open.add(lane)
    }
  }

  const laneFor = (key: string | undefined): Lane<T> => {
    const known = key === undefined ? undefined : byKey.get(key)
    if (known !== undefined) return known
    const lane: Lane<T> = { items: new Set(), taken: undefined, readyAt: 0 }
    if (key !== undefined) byKey.set(key, lane)
    open.add(lane)
    return lane
  }

  return {
    add(item) {
      const lane = laneFor(item.key)
      lane.items.add(item)
      laneOf.set(item, lane)
    },
    take(now) {
      promote(now)
      const [lane] = open
      const [item] = lane?.items ?? []
      if (lane === undefined || item === undefined) return undefined
      open.delete(lane)
      lane.taken = item
      return item
    },
    postpone(item, readyAt) {
      const lane = laneOf.get(item)
      if (lane?.taken !== item) return
      lane.taken = undefined
      lane.readyAt = readyAt
      waiting.add(lane)
    },
    remove(item) {
      const lane = laneOf.get(item)
      if (lane === undefined) return
      const [head] = lane.items
      laneOf.delete(item)
      lane.items.delete(item)
      if (lane.taken === item) lane.taken = undefined
      if (lane.items.size === 0) {
        open.delete(lane)
        waiting.delete(lane)
        if (item.key !== undefined) byKey.delete(item.key)
      } else if (head === item) {
        // The wait was for the item that is gone; the next one need not.
        waiting.delete(lane)
        open.add(lane)
      }
    },
    nextAt() {
      if (open.size > 0) return Number.NEGATIVE_INFINITY
      let next: number | undefined
      for (const { readyAt } of waiting) next = Math.min(next ?? readyAt, readyAt)
      return next
    },
  }
}
