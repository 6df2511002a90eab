/** Keeps off a destination that does not answer. Times are nanoseconds of a monotonic clock. */
export interface Circuit {
  succeed(): void
  fail(now: number): void
  /** How many attempts may be under way at `now`: all, none while it pauses, and one for the trial after that. */
  limit(now: number): number
  /** When the pause ends; in the past when there is none. */
  readyAt(): number
}

/** Makes a circuit that pauses for `pauseMs` after `failures` in a row, and after each trial that fails. */
export function createCircuit(failures: number, pauseMs: number, concurrency: number): Circuit {
  let inRow = 0
  let pausedUntil = Number.NEGATIVE_INFINITY

  return {
    succeed() {
      inRow = 0
      pausedUntil = Number.NEGATIVE_INFINITY
    },
    fail(now) {
      if (++inRow >= failures) pausedUntil = now + pauseMs * 1e6
    },
    limit(now) {
      if (now < pausedUntil) return 0
      return inRow >= failures ? 1 : concurrency
    },
    readyAt: () => pausedUntil,
  }
}
