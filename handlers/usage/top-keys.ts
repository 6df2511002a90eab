/** How often a key was seen: at least `count - error` times, at most `count`. */
export interface KeyCount {
  readonly key: string
  readonly count: number
  /** 0 while nothing had to give way. */
  readonly error: number
}

/** The most frequent of any number of keys, in bounded memory. */
export interface TopKeys {
  add(key: string, weight: number): void
  /** In no order. */
  entries(): KeyCount[]
  /** No key that is not kept was seen more often; 0 while there is room. */
  readonly missed: number
}

/** What another run, or another process, has counted. */
export interface KeptKeys {
  readonly entries: readonly KeyCount[]
  readonly missed: number
}

interface Entry {
  key: string
  count: number
  error: number
  /** Where it stands in the heap. */
  index: number
}

/**
 * Space-Saving (Metwally, Agrawal and El Abbadi, 2005): a new key takes the place of the rarest, and its count as what it may be wrong by. What is more
 * frequent than the `capacity`-th part of all is among them for certain. The rarest is the top of a binary heap: an event takes the logarithm of the capacity.
 */
export function createTopKeys(capacity: number, { entries, missed }: KeptKeys = { entries: [], missed: 0 }): TopKeys {
  const byKey = new Map<string, Entry>()
  const heap: Entry[] = []
  let gone = missed

  // The largest first, so that what does not fit any more are the rarest.
  for (const entry of [...entries].sort((one, other) => other.count - one.count)) {
    if (heap.length >= capacity) {
      gone = Math.max(gone, entry.count)
      continue
    }
    insert({ ...entry, index: heap.length })
  }

  function insert(entry: Entry): void {
    byKey.set(entry.key, entry)
    heap.push(entry)
    rise(entry)
  }

  function place(entry: Entry, index: number): void {
    heap[index] = entry
    entry.index = index
  }

  function rise(entry: Entry): void {
    let { index } = entry
    while (index > 0) {
      const parent = heap[(index - 1) >> 1]
      if (parent === undefined || parent.count <= entry.count) break
      place(parent, index)
      index = (index - 1) >> 1
    }
    place(entry, index)
  }

  function sink(entry: Entry): void {
    let { index } = entry
    for (;;) {
      const left = heap[2 * index + 1]
      const right = heap[2 * index + 2]
      const child = right !== undefined && left !== undefined && right.count < left.count ? right : left
      if (child === undefined || child.count >= entry.count) break
      const at = child.index
      place(child, index)
      index = at
    }
    place(entry, index)
  }

  return {
    add(key, weight) {
      const known = byKey.get(key)
      if (known !== undefined) {
        known.count += weight
        sink(known)
        return
      }
      if (heap.length < capacity) {
        // What was there before this run may have been seen and given way.
        insert({ key, count: gone + weight, error: gone, index: heap.length })
        return
      }
      const [rarest] = heap
      if (rarest === undefined) return
      byKey.delete(rarest.key)
      gone = rarest.count
      rarest.key = key
      rarest.error = gone
      rarest.count = gone + weight
      byKey.set(key, rarest)
      sink(rarest)
    },
    entries: () => heap.map(({ key, count, error }) => ({ key, count, error })),
    get missed() {
      return gone
    },
  }
}

/** What several have counted, as one (Agarwal et al., Mergeable Summaries, 2012): a key that one of them does not keep may have been missed there. */
export function mergeKeys(all: readonly KeptKeys[]): KeptKeys {
  const missed = all.reduce((sum, one) => sum + one.missed, 0)
  const merged = new Map<string, { count: number; error: number }>()
  for (const one of all) {
    for (const { key, count, error } of one.entries) {
      // Begun as missed everywhere, and corrected for each that has it.
      const known = merged.get(key) ?? { count: missed, error: missed }
      merged.set(key, { count: known.count + count - one.missed, error: known.error + error - one.missed })
    }
  }
  return { entries: [...merged].map(([key, counts]) => ({ key, ...counts })), missed }
}
