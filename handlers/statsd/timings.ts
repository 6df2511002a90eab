import type { DistributionValue } from 'sonde/metrics'

/** A value that stands for `weight` values. */
export interface Timing {
  readonly value: number
  readonly weight: number
}

/** Lines per series and flush, where each has to be a line of its own. */
export const MAX_TIMINGS = 100

/**
 * The values of a histogram as one per bucket that is not empty, with the number of values in it: exact counts, each value
 * at the middle of its bucket, so half a bucket off at most.
 */
export function weightedTimings({ bounds, counts, count, sum }: DistributionValue): Timing[] {
  return counts.flatMap((weight, bucket) => {
    if (weight <= 0) return []
    const [lower, upper] = edges(bounds, bucket, sum / count)
    return [{ value: lower + (upper - lower) / 2, weight }]
  })
}

/**
 * The values of a histogram as at most `MAX_TIMINGS` of equal weight, for receivers whose percentiles do not weigh: evenly
 * spaced ranks, each laid out linearly in its bucket as Prometheus' `histogram_quantile` does. A percentile is off by
 * one bucket at most, and by 1 ÷ `MAX_TIMINGS` in rank.
 */
export function evenTimings({ bounds, counts, count, sum }: DistributionValue): Timing[] {
  const lines = Math.min(count, MAX_TIMINGS)
  const weight = count / lines
  const timings: Timing[] = []
  let below = 0
  for (const [bucket, inBucket] of counts.entries()) {
    const [lower, upper] = edges(bounds, bucket, sum / count)
    for (;;) {
      const rank = (timings.length + 0.5) * weight
      if (timings.length >= lines || rank > below + inBucket) break
      timings.push({ value: lower + ((upper - lower) * (rank - below)) / inBucket, weight })
    }
    below += inBucket
  }
  return timings
}

/**
 * What the values of a bucket lie between. The first begins at 0 unless its bound is below that; of the last only the lower
 * edge is known, so that its values are taken for that. Without any bound the mean is all there is.
 */
function edges(bounds: readonly number[], bucket: number, mean: number): [lower: number, upper: number] {
  const last = bounds.at(-1)
  if (last === undefined) return [mean, mean]
  const upper = bounds[bucket] ?? last
  const lower = bounds[bucket - 1] ?? Math.min(0, upper)
  return [lower, upper]
}
