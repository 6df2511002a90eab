import type { Clock } from 'sonde'

/** Waits that end. */
export interface TimeLimit {
  /** Resolves when `work` has ended in whatever way, and after `limitMs` at the latest. */
  within(work: Promise<unknown>, limitMs: number): Promise<void>
  /** Ends all waits now. */
  release(): void
}

/** Makes a time limit on a clock. */
export function createTimeLimit(clock: Clock): TimeLimit {
  const waits = new Set<() => void>()
  return {
    within(work, limitMs) {
      return new Promise((resolve) => {
        const end = () => {
          cancel()
          waits.delete(end)
          resolve()
        }
        const cancel = clock.after(limitMs, end)
        waits.add(end)
        void work.then(end, end)
      })
    },
    release() {
      for (const end of [...waits]) end()
    },
  }
}
