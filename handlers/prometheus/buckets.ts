import { formatBound } from './escape.ts'
import type { Format } from './format.ts'
import { type BaseUnit, toBase } from './units.ts'

/** The ends of the bucket lines for bounds in the metric's unit: `le="0.005"}` …, `le="+Inf"}` last. */
export type BucketLabels = (bounds: readonly number[]) => readonly string[]

/** Makes the function that writes bounds; the series of a family share their bounds, so the last ones are kept. */
export function bucketLabels(unit: BaseUnit, format: Format): BucketLabels {
  let lastBounds: readonly number[] | undefined
  let lastLabels: readonly string[] = []
  return (bounds) => {
    if (bounds === lastBounds) return lastLabels
    lastBounds = bounds
    lastLabels = [...bounds, Number.POSITIVE_INFINITY].map(
      (bound) => `le="${formatBound(toBase(bound, unit), format)}"}`,
    )
    return lastLabels
  }
}
