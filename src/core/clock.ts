import type { Cancel, Clock } from './types.ts'

/** How long the distance between the wall and the monotonic clock is trusted, in milliseconds. */
const ANCHOR_MS = 1_000
/** Timers fire at once when they are asked for more. */
const LONGEST_MS = 2 ** 31 - 1

/** The clock of this process: `performance.now()` for durations, `Date.now()` for stamps, timers that are unref'd. */
export const systemClock: Clock = createSystemClock()

function createSystemClock(): Clock {
  // Taken at load, so that a test that fakes the globals later does not stop our windows.
  const { performance, setTimeout, clearTimeout, setInterval, clearInterval } = globalThis
  const epochNow = Date.now
  let offset = performance.timeOrigin
  let anchorEnds = Number.NEGATIVE_INFINITY

  return {
    wallTime(monotonic) {
      const now = monotonic === undefined ? performance.now() : monotonic / 1e6
      if (now >= anchorEnds) {
        // The wall clock is stepped and slewed, so the distance is measured anew now and then.
        offset = epochNow() - performance.now()
        anchorEnds = now + ANCHOR_MS
      }
      return offset + now
    },
    monotonicTime: () => Math.round(performance.now() * 1e6),
    after(ms, fn) {
      const timer = setTimeout(fn, Math.min(ms, LONGEST_MS))
      unref(timer)
      return () => clearTimeout(timer)
    },
    every(ms, fn) {
      const timer = setInterval(fn, Math.min(ms, LONGEST_MS))
      unref(timer)
      return () => clearInterval(timer)
    },
  } satisfies Clock & { after: (ms: number, fn: () => void) => Cancel }
}

/** Browsers give timers as numbers, which never keep a page alive. */
function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
    timer.unref()
}
