import { systemClock } from '../../src/core/clock.ts'
import type { Clock } from '../../src/core/types.ts'

/** The real clock, so many times as fast: seconds and back-off in a test of real sockets. */
export function fastClock(times = 100): Clock {
  const begin = systemClock.monotonicTime()
  return {
    wallTime: () => Date.UTC(2026, 0, 1) + (systemClock.monotonicTime() - begin) * (times / 1e6),
    monotonicTime: () => Math.round((systemClock.monotonicTime() - begin) * times),
    after: (ms, fn) => systemClock.after(ms / times, fn),
    every: (ms, fn) => systemClock.every(ms / times, fn),
  }
}
