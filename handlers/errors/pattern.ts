import { createSlidingCount, type SlidingCount } from './sliding-count.ts'

export interface PatternRule {
  /** Failures within the window that are a spike. */
  readonly threshold: number
  /** Nanoseconds. */
  readonly windowNs: number
}

/** How often one fingerprint was seen. */
export interface FingerprintCount {
  readonly fingerprint: string
  readonly count: number
}

/** The failures of one operation with one type of error. */
export interface Pattern {
  /** Takes a failure in; true when it makes a spike, which is at most once in a window. */
  fail(now: number, weight: number, fingerprint: string): boolean
  /** Failures within the window. */
  readonly recent: SlidingCount
  /** Since it is kept. */
  readonly count: number
  readonly spikes: number
  /** The most frequent first. Counts are too high by what another one had that gave way (Space-Saving). */
  fingerprints(): readonly FingerprintCount[]
}

const MAX_FINGERPRINTS = 5

/** Makes an empty one. It keeps as many times as the threshold needs, whatever comes. */
export function createPattern({ threshold, windowNs }: PatternRule): Pattern {
  const recent = createSlidingCount(windowNs)
  const fingerprints = new Map<string, number>()
  /** The latest failures, a ring: as many as make a spike, each at least one. */
  const times: number[] = []
  const weights: number[] = []
  let next = 0
  let count = 0
  let spikes = 0
  let toldAt = Number.NEGATIVE_INFINITY

  const isSpike = (now: number): boolean => {
    const inWindow = times.reduce((sum, time, index) => (now - time < windowNs ? sum + (weights[index] ?? 0) : sum), 0)
    return inWindow >= threshold
  }

  return {
    recent,
    get count() {
      return count
    },
    get spikes() {
      return spikes
    },
    fail(now, weight, fingerprint) {
      count += weight
      recent.add(now, weight)
      times[next] = now
      weights[next] = weight
      next = (next + 1) % threshold
      see(fingerprints, fingerprint, weight)
      if (now - toldAt < windowNs || !isSpike(now)) return false
      toldAt = now
      spikes++
      return true
    },
    fingerprints: () =>
      [...fingerprints]
        .map(([fingerprint, seen]) => ({ fingerprint, count: seen }))
        .sort((one, other) => other.count - one.count),
  }
}

/** A new one takes the place, and the count, of the rarest. */
function see(counts: Map<string, number>, fingerprint: string, weight: number): void {
  const known = counts.get(fingerprint)
  if (known !== undefined || counts.size < MAX_FINGERPRINTS) {
    counts.set(fingerprint, (known ?? 0) + weight)
    return
  }
  const [rarest, fewest] = [...counts].reduce((one, other) => (other[1] < one[1] ? other : one))
  counts.delete(rarest)
  counts.set(fingerprint, fewest + weight)
}
