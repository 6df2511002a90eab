import type { DataPoint, DistributionValue, Exemplar, PointValue, SummaryValue, Tags } from './data.ts'
import type { MetricDefinition } from './definition.ts'
import { ExactSum } from './exact-sum.ts'
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

/** When a series began and was last used. Its class is one of four, so that the recording call stays polymorphic. */
export interface SeriesOrigin {
  /** The metric's own tags. */
  readonly ownTags: Tags
  /** Those with the global ones under them. */
  readonly tags: Tags
  readonly startTime: number
  /** Monotonic, ns. */
  lastUsed: number
  /** False when it has expired or was pruned: whoever holds it must look it up anew. */
  live: boolean
  /** Recorded into without a time since the last sweep. */
  touched: boolean
}

/** One metric with one tag set. */
export interface Series {
  readonly origin: SeriesOrigin
  /** The value to record next. A field, because a number argument of a call that is not inlined is allocated. */
  input: number
  /** Records `input`, which is finite, `weight` times; the reason when it cannot. */
  record(weight: number, now: number): InvalidReason | undefined
  /** Undefined when there is nothing to read yet. */
  read(now: number): PointValue | undefined
}

/** A counter or a sum. */
export class TotalSeries implements Series {
  readonly origin: SeriesOrigin
  input: number = Number.NaN
  readonly monotonic: boolean
  readonly total: ExactSum = new ExactSum()

  constructor(origin: SeriesOrigin, monotonic: boolean) {
    this.origin = origin
    this.monotonic = monotonic
  }

  record(weight: number): InvalidReason | undefined {
    if (this.input < 0 && this.monotonic) return 'negative'
    return this.total.add(this.input * weight) ? undefined : 'out_of_range'
  }

  read(): number {
    return this.total.value
  }
}

/** A gauge. */
export class LastValueSeries implements Series {
  readonly origin: SeriesOrigin
  input: number = Number.NaN
  value: number = Number.NaN

  constructor(origin: SeriesOrigin) {
    this.origin = origin
  }

  record(): undefined {
    this.value = this.input
  }

  read(): number | undefined {
    return Number.isNaN(this.value) ? undefined : this.value
  }
}

/** A rolling window. */
export class SummarySeries implements Series {
  readonly origin: SeriesOrigin
  input: number = Number.NaN
  readonly window: RollingWindow

  constructor(origin: SeriesOrigin, windowMs: number, slots: number, now: number) {
    this.origin = origin
    this.window = new RollingWindow(windowMs, slots, now)
  }

  record(weight: number, now: number): InvalidReason | undefined {
    if (this.input < 0) return 'negative'
    return this.window.record(this.input, weight, now) ? undefined : 'out_of_range'
  }

  read(now: number): SummaryValue {
    const slots = this.window.occupied(now)
    return readWindow(slots, this.window.lifetimeCount, this.window.lifetimeSum)
  }
}

/** A cumulative histogram. */
export class DistributionSeries implements Series {
  readonly origin: SeriesOrigin
  input: number = Number.NaN
  readonly bounds: readonly number[]
  readonly counts: Float64Array
  readonly total: ExactSum = new ExactSum()
  count = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  exemplar: Exemplar | undefined = undefined

  constructor(origin: SeriesOrigin, bounds: readonly number[]) {
    this.origin = origin
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  record(weight: number): InvalidReason | undefined {
    const value = this.input
    if (!this.total.add(value * weight)) return 'out_of_range'
    const bucket = firstBoundFrom(this.bounds, value)
    this.counts[bucket] = (this.counts[bucket] ?? 0) + weight
    this.count += weight
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    return undefined
  }

  read(): DistributionValue {
    const { bounds, count } = this
    const [min, max] = count > 0 ? [this.min, this.max] : [undefined, undefined]
    return { bounds, counts: [...this.counts], count, sum: this.total.value, min, max }
  }
}

/** An empty series of the definition's type. */
export function createSeries(definition: MetricDefinition, origin: SeriesOrigin, now: number): Series {
  if (definition.type === 'summary') return new SummarySeries(origin, definition.windowMs, definition.slots, now)
  if (definition.type === 'distribution') return new DistributionSeries(origin, definition.buckets)
  if (definition.type === 'lastValue') return new LastValueSeries(origin)
  return new TotalSeries(origin, definition.monotonic)
}

/** The series as it is handed out; undefined while it has no value. */
export function pointOf(series: Series, now: number, time: number): DataPoint | undefined {
  const value = series.read(now)
  if (value === undefined) return undefined
  const { tags, startTime } = series.origin
  const point = { tags, value, startTime, time: Math.max(time, startTime) }
  return series instanceof DistributionSeries && series.exemplar ? { ...point, exemplar: series.exemplar } : point
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
