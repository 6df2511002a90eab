/** Promises for points on a count that only grows. */
export interface Milestones {
  /** Resolves when the count has reached `point`; at once when it has. */
  wait(point: number): Promise<void>
  /** Tells the count; a smaller one than before changes nothing. */
  reach(count: number): void
}

/** Makes milestones with the count at 0. */
export function createMilestones(): Milestones {
  const waiting: { readonly point: number; readonly resolve: () => void }[] = []
  let reached = 0

  return {
    wait(point) {
      if (point <= reached) return Promise.resolve()
      return new Promise((resolve) => {
        waiting.push({ point, resolve })
      })
    },
    reach(count) {
      if (count <= reached) return
      reached = count
      // Points are asked for in rising order, because items are numbered as they come.
      while (waiting[0] !== undefined && waiting[0].point <= reached) waiting.shift()?.resolve()
    },
  }
}
