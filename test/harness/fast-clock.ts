import { systemClock } from '../../src/core/clock.ts'
import type { Clock } from '../../src/core/types.ts'

/** The real clock with timers that are a hundred times as fast: a message a second, and back-off, in a test of real sockets. */
export function fastClock(): Clock {
  const begin = systemClock.monotonicTime()
  return {
    wallTime: () => Date.UTC(2026, 0, 1) + (systemClock.monotonicTime() - begin) / 1e4,
    monotonicTime: () => (systemClock.monotonicTime() - begin) * 100,
    after: (ms, fn) => systemClock.after(ms / 100, fn),
    every: (ms, fn) => systemClock.every(ms / 100, fn),
  }
}
