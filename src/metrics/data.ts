import type { MetricDefinition } from './definition.ts'

/** Label names and values of one series. */
export type Tags = { readonly [key: string]: string }

/**
 * A rolling window, read at one moment, in the unit of its definition.
 *
 * An empty window has `count` 0, `sum` 0 and everything else undefined, never 0 or NaN. Quantiles are within 0.5 % of
 * the value an exact sort gives (nearest rank); `min`, `max`, `sum` and `mean` are exact.
 */
export interface SummaryValue {
  readonly count: number
  readonly sum: number
  readonly min: number | undefined
  readonly max: number | undefined
  readonly mean: number | undefined
  /** Of the population: divided by `count`. */
  readonly stddev: number | undefined
  readonly p50: number | undefined
  readonly p90: number | undefined
  readonly p95: number | undefined
  readonly p99: number | undefined
  readonly p999: number | undefined
  /** Values since `startTime`, which never falls: what exporters send as the count. */
  readonly lifetimeCount: number
  /** Sum since `startTime`; values are never negative, so it never falls either. */
  readonly lifetimeSum: number
}

/** A histogram since `startTime`. `min` and `max` are undefined when it is empty, and in deltas. */
export interface DistributionValue {
  /** Inclusive upper bounds, ascending, without the infinite one. */
  readonly bounds: readonly number[]
  /** Values per bucket, not cumulative; one more than `bounds`. */
  readonly counts: readonly number[]
  readonly count: number
  readonly sum: number
  readonly min: number | undefined
  readonly max: number | undefined
}

/** A number for counter, sum and lastValue; see `isSummary` and `isDistribution` for the others. */
export type PointValue = number | SummaryValue | DistributionValue

/** The latest recorded value whose event says where it came from; OpenMetrics prints it behind a bucket. */
export interface Exemplar {
  readonly value: number
  /** Of `trace_id`, `span_id` and `correlation_id` those that the event has, in this order: the most important first. */
  readonly tags: Tags
  /** Milliseconds since the epoch. */
  readonly time: number
}

/** One series at one moment. */
export interface DataPoint<V extends PointValue = PointValue> {
  /** Global tags with the metric's own over them. The series of everything beyond the cap has `{ overflow: 'true' }`. */
  readonly tags: Tags
  readonly value: V
  /** When the series began, in milliseconds since the epoch; changes when it expired and came back. */
  readonly startTime: number
  /** When it was read, in milliseconds since the epoch; never before the previous reading. */
  readonly time: number
  /** Only on distributions whose events carry a `trace_id` or a `correlation_id`. */
  readonly exemplar?: Exemplar
}

/** All series of one metric. */
export interface MetricData {
  readonly definition: MetricDefinition
  readonly points: readonly DataPoint[]
}

/** Whether a value came from a `summary`. */
export function isSummary(value: PointValue): value is SummaryValue {
  return typeof value === 'object' && 'lifetimeCount' in value
}

/** Whether a value came from a `distribution`. */
export function isDistribution(value: PointValue): value is DistributionValue {
  return typeof value === 'object' && 'bounds' in value
}
