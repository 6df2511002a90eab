/** Slots that a window is divided into. */
const SLOTS = 10

/** Counts what happened within a window that slides, to a tenth of its length: never less than what was, and at most a tenth of the window more. */
export interface SlidingCount {
  add(now: number, weight: number): void
  total(now: number): number
}

/** Times in any unit, the same for all calls; they never go back. */
export function createSlidingCount(window: number): SlidingCount {
  // One more than the slots of a window: the oldest is partly out of it.
  const counts = new Array<number>(SLOTS + 1).fill(0)
  const width = window / SLOTS
  let latest = Number.NEGATIVE_INFINITY

  const advance = (now: number): number => {
    const slot = Math.floor(now / width)
    if (slot > latest) {
      const passed = Math.min(slot - latest, counts.length)
      for (let i = 0; i < passed; i++) counts[(slot - i) % counts.length] = 0
      latest = slot
    }
    return latest % counts.length
  }

  return {
    add(now, weight) {
      const index = advance(now)
      counts[index] = (counts[index] ?? 0) + weight
    },
    total(now) {
      advance(now)
      return counts.reduce((sum, count) => sum + count, 0)
    },
  }
}
