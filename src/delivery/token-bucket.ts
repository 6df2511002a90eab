/** A limit on how often something may be done. Times are nanoseconds of a monotonic clock. */
export interface TokenBucket {
  /** Takes a token; to be called at `readyAt()` or later. */
  take(now: number): void
  /** When there is a token. */
  readyAt(): number
}

/**
 * Makes a full bucket: in any span of t seconds at most `ratePerSecond · t + burst` tokens are taken.
 * (The generic cell rate algorithm, ITU-T I.371, annex A: it keeps one time instead of a level, so nothing drifts.)
 */
export function createTokenBucket(ratePerSecond: number, burst: number): TokenBucket {
  const interval = Math.ceil(1e9 / ratePerSecond)
  const tolerance = (burst - 1) * interval
  let arrival = Number.NEGATIVE_INFINITY

  return {
    take(now) {
      arrival = Math.max(now, arrival) + interval
    },
    readyAt: () => arrival - tolerance,
  }
}
