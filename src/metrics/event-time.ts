import type { Clock } from '../core/types.ts'

/** An event's own time is believed this far after the last reading of the clock, in nanoseconds, and this far before it. */
const TRUST_AHEAD_NS = 100e6
const TRUST_BEHIND_NS = 1e9
/** And for so many events, so that one constant time cannot hold ours back. */
const TRUSTED_EVENTS = 64

/** Tells the monotonic time of an event. Never goes back. */
export interface EventTime {
  /**
   * `claimed` is the event's `monotonic_time`. Believing it saves a reading of the clock, which costs ten times a record;
   * when it is missing or cannot be true the clock is read.
   */
  of(claimed: unknown): number
  /** Reads the clock. */
  now(): number
}

/** Makes an `EventTime` on a clock. */
export function createEventTime(clock: Clock): EventTime {
  let verified = clock.monotonicTime()
  let latest = verified
  let believed = 0

  const now = (): number => {
    verified = clock.monotonicTime()
    believed = 0
    if (verified > latest) latest = verified
    return latest
  }

  return {
    now,
    of(claimed) {
      if (typeof claimed !== 'number' || ++believed > TRUSTED_EVENTS) return now()
      const ahead = claimed - verified
      if (!(ahead <= TRUST_AHEAD_NS && ahead >= -TRUST_BEHIND_NS)) return now()
      if (claimed > latest) latest = claimed
      return latest
    },
  }
}
