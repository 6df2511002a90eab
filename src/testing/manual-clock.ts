import type { Clock } from '../core/types.ts'

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves time on by `ms` and runs the timers that fall due, in order, each at its own time. */
  advance(ms: number): void
  /** Sets the wall clock alone, as an operator or NTP does; timers and monotonic time do not notice. */
  setWallTime(ms: number): void
  /** Timers waiting. Zero after a clean `detach()`. */
  readonly pending: number
}

interface Timer {
  due: number
  readonly fn: () => void
  readonly period: number | undefined
}

/** Makes a clock for tests that begins at `start` milliseconds since the epoch, monotonic time zero. */
export function manualClock(start = 0): ManualClock {
  const timers = new Set<Timer>()
  let now = 0
  let wallOffset = start

  const add = (ms: number, fn: () => void, period?: number) => {
    const timer: Timer = { due: now + Math.max(0, ms), fn, period }
    timers.add(timer)
    return () => void timers.delete(timer)
  }

  const nextDue = (limit: number): Timer | undefined => {
    let next: Timer | undefined
    for (const timer of timers) if (timer.due <= limit && (next === undefined || timer.due < next.due)) next = timer
    return next
  }

  return {
    wallTime: () => wallOffset + now,
    monotonicTime: () => Math.round(now * 1e6),
    after: (ms, fn) => add(ms, fn),
    every: (ms, fn) => add(ms, fn, Math.max(ms, Number.MIN_VALUE)),
    advance(ms) {
      const end = now + ms
      for (let timer = nextDue(end); timer !== undefined; timer = nextDue(end)) {
        now = Math.max(now, timer.due)
        if (timer.period === undefined) timers.delete(timer)
        else timer.due += timer.period
        timer.fn()
      }
      now = end
    },
    setWallTime(ms) {
      wallOffset = ms - now
    },
    get pending() {
      return timers.size
    },
  }
}
