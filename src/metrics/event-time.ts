import type { Clock } from '../core/types.ts'

/** An event's own time is believed this far after the last reading of the clock, in nanoseconds, and this far before it. */
const TRUST_AHEAD_NS = 100e6
const TRUST_BEHIND_NS = 1e9
/** And for so many events, so that one constant time cannot hold ours back. */
const TRUSTED_EVENTS = 64

/** Makes an `EventTime` on a clock. */
export function createEventTime(clock: Clock): EventTime {
  return new EventTime(clock)
}

/**
 * Tells the monotonic time of an event. Never goes back.
 *
 * Plain fields, which take a new number without allocating it; a closure's variables do not, and this runs per event.
 */
export class EventTime {
  readonly clock: Clock
  /** The time of the present event, for those who would get it allocated as an argument. */
  latest: number
  verified: number
  believed = 0

  constructor(clock: Clock) {
    this.clock = clock
    this.verified = clock.monotonicTime()
    this.latest = this.verified
  }

  /**
   * `claimed` is the event's `monotonic_time`. Believing it saves a reading of the clock, which costs ten times a record;
   * when it is missing or cannot be true the clock is read.
   */
  of(claimed: unknown): number {
    if (typeof claimed !== 'number' || ++this.believed > TRUSTED_EVENTS) return this.now()
    const ahead = claimed - this.verified
    if (!(ahead <= TRUST_AHEAD_NS && ahead >= -TRUST_BEHIND_NS)) return this.now()
    if (claimed > this.latest) this.latest = claimed
    return this.latest
  }

  /** Reads the clock. */
  now(): number {
    this.verified = this.clock.monotonicTime()
    this.believed = 0
    if (this.verified > this.latest) this.latest = this.verified
    return this.latest
  }
}
