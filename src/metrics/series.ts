import { type Cells, makeCells } from './cells.ts'
import type { DataPoint, DistributionValue, PointValue, SummaryValue, Tags } from './data.ts'
import type { MetricDefinition } from './definition.ts'
import { addExactly, exactSum } from './exact-sum.ts'
import type { LatestExemplar } from './latest-exemplar.ts'
import { RollingWindow } from './rolling-window.ts'
import { readWindow } from './window-reading.ts'

/** Why a value was refused: the `reason` of `telemetry.metrics.invalid`. */
export type InvalidReason =
  | 'missing'
  | 'not_a_number'
  | 'not_finite'
  | 'negative'
  | 'out_of_range'
  | 'exception'
  | 'invalid_tags'

/** Whose values a series holds, and since when. */
export interface SeriesOrigin {
  /** The metric's own tags. */
  readonly ownTags: Tags
  /** Those with the global ones under them. */
  readonly tags: Tags
  readonly startTime: number
}

/**
 * One metric with one tag set. Its class is one of four, so that the recording call stays polymorphic.
 *
 * The numbers that change with a record are in one typed array: a record of one series among many then waits for one or
 * two places in memory, not for a dozen. By literal index, for the reason in cells.ts:
 * 0 sum, 1 its correction, 2 when it was last used (monotonic, ns), 3 what to record next; of a distribution also 4 count,
 * 5 min, 6 max and from 7 on the buckets.
 */
export interface Series {
  readonly origin: SeriesOrigin
  readonly cells: Cells
  /** False when it has expired or was pruned: whoever holds it must look it up anew. */
  live: boolean
  /** Recorded into without a time since the last sweep. */
  touched: boolean
  /**
   * Records `cells[3]`, which is finite, `weight` times, at `cells[2]`; the reason when it cannot. A number
   * argument of a call that is not inlined would be allocated.
   */
  record(weight: number): InvalidReason | undefined
  /** Undefined when there is nothing to read yet. */
  read(now: number): PointValue | undefined
}

/** A counter or a sum. */
export class TotalSeries implements Series {
  readonly origin: SeriesOrigin
  readonly cells: Cells = makeCells()
  live = true
  touched = false
  readonly monotonic: boolean

  constructor(origin: SeriesOrigin, monotonic: boolean) {
    this.origin = origin
    this.monotonic = monotonic
  }

  record(weight: number): InvalidReason | undefined {
    const { cells } = this
    const value = cells[3]
    if (value < 0 && this.monotonic) return 'negative'
    return addExactly(cells, value * weight) ? undefined : 'out_of_range'
  }

  read(): number {
    return exactSum(this.cells)
  }
}

/** A gauge. */
export class LastValueSeries implements Series {
  readonly origin: SeriesOrigin
  readonly cells: Cells = makeCells()
  live = true
  touched = false

  constructor(origin: SeriesOrigin) {
    this.origin = origin
    this.cells[0] = Number.NaN
  }

  record(): undefined {
    this.cells[0] = this.cells[3]
  }

  read(): number | undefined {
    const value = this.cells[0]
    return Number.isNaN(value) ? undefined : value
  }
}

/** A rolling window. */
export class SummarySeries implements Series {
  readonly origin: SeriesOrigin
  readonly cells: Cells = makeCells()
  live = true
  touched = false
  readonly window: RollingWindow

  constructor(origin: SeriesOrigin, windowMs: number, slots: number, now: number) {
    this.origin = origin
    this.window = new RollingWindow(windowMs, slots, now)
  }

  record(weight: number): InvalidReason | undefined {
    const { cells } = this
    const value = cells[3]
    if (value < 0) return 'negative'
    return this.window.record(value, weight, cells[2]) ? undefined : 'out_of_range'
  }

  read(now: number): SummaryValue {
    const slots = this.window.occupied(now)
    return readWindow(slots, this.window.lifetimeCount, this.window.lifetimeSum)
  }
}

/** A cumulative histogram. */
export class DistributionSeries implements Series {
  readonly origin: SeriesOrigin
  readonly cells: Cells
  live = true
  touched = false
  readonly bounds: readonly number[]
  exemplar: LatestExemplar | undefined = undefined

  constructor(origin: SeriesOrigin, bounds: readonly number[]) {
    this.origin = origin
    this.bounds = bounds
    this.cells = makeCells(bounds.length)
    this.cells[5] = Number.POSITIVE_INFINITY
    this.cells[6] = Number.NEGATIVE_INFINITY
  }

  record(weight: number): InvalidReason | undefined {
    const { cells } = this
    const value = cells[3]
    if (!addExactly(cells, value * weight)) return 'out_of_range'
    const bucket = 7 + firstBoundFrom(this.bounds, value)
    cells[bucket] = (cells[bucket] ?? 0) + weight
    cells[4] += weight
    if (value < cells[5]) cells[5] = value
    if (value > cells[6]) cells[6] = value
    return undefined
  }

  /** Adds what another one with the same bounds has read. False when the sum would overflow; then nothing is added. */
  merge(counts: readonly number[], sum: number, min: number, max: number): boolean {
    const { cells } = this
    if (!addExactly(cells, sum)) return false
    for (const [i, n] of counts.entries()) {
      cells[7 + i] = (cells[7 + i] ?? 0) + n
      cells[4] += n
    }
    cells[5] = Math.min(cells[5], min)
    cells[6] = Math.max(cells[6], max)
    return true
  }

  read(): DistributionValue {
    const { bounds, cells } = this
    const count = cells[4]
    const [min, max] = count > 0 ? [cells[5], cells[6]] : [undefined, undefined]
    return { bounds, counts: [...cells.subarray(7)], count, sum: exactSum(cells), min, max }
  }
}

/** An empty series of the definition's type. */
export function createSeries(definition: MetricDefinition, origin: SeriesOrigin, now: number): Series {
  const series = seriesOfType(definition, origin, now)
  series.cells[2] = now
  return series
}

/** The series as it is handed out; undefined while it has no value. */
export function pointOf(series: Series, now: number, time: number): DataPoint | undefined {
  const value = series.read(now)
  if (value === undefined) return undefined
  const { tags, startTime } = series.origin
  const point = { tags, value, startTime, time: Math.max(time, startTime) }
  return series instanceof DistributionSeries && series.exemplar
    ? { ...point, exemplar: series.exemplar.read() }
    : point
}

function seriesOfType(
  { type, windowMs, slots, buckets, monotonic }: MetricDefinition,
  origin: SeriesOrigin,
  now: number,
): Series {
  if (type === 'summary') return new SummarySeries(origin, windowMs, slots, now)
  if (type === 'distribution') return new DistributionSeries(origin, buckets)
  if (type === 'lastValue') return new LastValueSeries(origin)
  return new TotalSeries(origin, monotonic)
}

/** Index of the first bound ≥ value; the number of bounds when there is none. Few bounds are faster to walk than to halve. */
function firstBoundFrom(bounds: readonly number[], value: number): number {
  let low = 0
  let high = bounds.length
  while (high - low > 16) {
    const middle = (low + high) >>> 1
    if ((bounds[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  while (low < high && (bounds[low] ?? 0) < value) low++
  return low
}
