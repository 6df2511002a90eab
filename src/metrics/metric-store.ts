import type { MetricProducer } from '@opentelemetry/sdk-metrics'
import type { Clock, Measurements, Metadata } from '../core/types.ts'
import type { DataPoint, MetricData, SummaryValue, Tags } from './data.ts'
import type { MetricDefinition } from './definition.ts'
import type { MergedWindow } from './merged-windows.ts'

/** Limits of a store, and what it is told about the world. */
export interface StoreOptions {
  readonly metrics: readonly MetricDefinition[]
  readonly clock?: Clock
  /** Put on every series; a tag of the metric's own wins. */
  readonly globalTags?: { readonly [key: string]: unknown }
  /** Series per metric before the overflow series takes the rest. Default 2,000. */
  readonly maxSeries?: number
  /** The same for summaries, which are larger. Default 500. */
  readonly maxSummarySeries?: number
  /** Series of all metrics together. Default 50,000. */
  readonly maxSeriesTotal?: number
  /** A series without a value for this long is forgotten. Default 600,000; Infinity keeps them. */
  readonly expireMs?: number
  /** Told of invalid values and overflows as events of the catalog: `bus.execute` fits. Default: nobody. */
  readonly report?: (event: string, measurements: Measurements, metadata: Metadata) => void
}

/** A series resolved once. It stays usable when the series expires: the next value brings it back. */
export interface BoundSeries {
  /**
   * Records a value that is already in the metric's unit. `time` (monotonic, ns) saves a reading of the clock, which costs
   * more than the rest. An invalid value is counted and never thrown.
   */
  record(value: number, time?: number): void
}

/** Records the events of one name into all metrics that want it. Never throws. */
export type EventRecorder = (measurements: Measurements, metadata: Metadata) => void

/** Tags that must all be equal, or a predicate over all tags of a series and the metric's name. */
export type SeriesMatch = { readonly [key: string]: unknown } | ((tags: Tags, name: string) => boolean)

/** The windows and totals of a store in a form that survives JSON. Made by `exportWindows`, read by `mergeWindows`. */
export interface EncodedWindows {
  readonly version: 1
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly metrics: readonly EncodedMetric[]
}

export interface EncodedMetric {
  readonly name: string
  readonly type: MetricDefinition['type']
  readonly series: readonly EncodedSeries[]
}

export interface EncodedSeries {
  /** The metric's own tags, without the global ones. */
  readonly tags: Tags
  /** counter, sum and lastValue. */
  readonly value?: number
  /** distribution: values per bucket. */
  readonly counts?: readonly number[]
  readonly bounds?: readonly number[]
  /** summary: what the window holds; absent when it is empty. */
  readonly window?: EncodedWindow
  readonly lifetimeCount?: number
  readonly lifetimeSum?: number
  readonly sum?: number
  readonly min?: number
  readonly max?: number
}

export interface EncodedWindow {
  readonly sum: number
  readonly min: number
  readonly max: number
  /** Σ (value − mean)², from which the deviation of merged windows is computed. */
  readonly squares: number
  /**
   * The counts, each a HdrHistogram V2 encoding in base64 with two significant digits. Its values times the conversion ratio
   * in its header are ours. One for nearly every window; more when values span over 46 octaves.
   */
  readonly histograms: readonly string[]
}

export interface StoreSnapshot {
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly metrics: readonly {
    readonly name: string
    readonly type: MetricDefinition['type']
    readonly unit: string
    readonly description: string
    readonly points: readonly DataPoint[]
  }[]
}

/** Counts since the store was made, and the present level of `series`. */
export interface StoreStats {
  readonly series: number
  readonly expired: number
  /** Values that went to an overflow series. */
  readonly overflowed: number
  /** Values refused. */
  readonly invalid: number
}

/** Reads what was added since its own previous reading. */
export interface DeltaReader {
  /**
   * Counters, sums and distributions as differences, without the series that did not change; `startTime` is the time of
   * the previous reading. lastValue as it is. Summaries as their window, with `lifetimeCount` and `lifetimeSum` as differences.
   */
  collect(): MetricData[]
  /** The same for one metric, for readers that must not block the loop: each metric is then read once per reading. */
  points(name: string): DataPoint[]
}

/** The one aggregation: what handlers write to and every exporter reads. */
export interface MetricStore {
  readonly definitions: readonly MetricDefinition[]
  readonly globalTags: Tags
  /** Every metric with all its series; metrics without any are there with no points. */
  collect(): MetricData[]
  /** The series of one metric, one by one, for readers that must not block the loop. */
  points(name: string): IterableIterator<DataPoint>
  /**
   * One series by all of the metric's own tags, those left out being `''`; undefined when it has no value yet, and for a
   * name that the store does not have.
   */
  get(name: string, tags?: { readonly [key: string]: unknown }): DataPoint | undefined
  /** The rolling window of one series of a summary: `store.window('job.done.duration')?.p99`. Undefined where `get` is, and for other types. */
  window(name: string, tags?: { readonly [key: string]: unknown }): SummaryValue | undefined
  /**
   * The rolling windows of a summary, merged by some of its tags (by none: all series as one). Exact as one window that had
   * taken all values: quantiles are not averaged. Empty for a name that is no summary of the store.
   */
  windows(name: string, by?: readonly string[]): readonly MergedWindow[]
  snapshot(): StoreSnapshot
  /** Throws `invalid_metric` for a name that the store does not have. */
  bind(name: string, tags?: { readonly [key: string]: unknown }): BoundSeries
  /** What to call for each event of that name; undefined when no metric wants it. */
  recorder(event: string): EventRecorder | undefined
  /** Forgets the series that match and returns how many there were. */
  prune(match: SeriesMatch): number
  exportWindows(): EncodedWindows
  /**
   * Adds what another store exported, `tags` over its own tags. Returns the number of series merged; metrics that this
   * store does not have, or has otherwise, are left out.
   */
  mergeWindows(encoded: EncodedWindows, tags?: { readonly [key: string]: unknown }): number
  /** A reader with a memory of its own. */
  deltas(): DeltaReader
  /** An OpenTelemetry MetricProducer with a delta state of its own. Default cumulative. */
  producer(options?: ProducerOptions): MetricProducer
  stats(): StoreStats
  /** Reports the invalid values that are counted and not yet reported. */
  flush(): void
}

export interface ProducerOptions {
  readonly temporality?: 'cumulative' | 'delta'
}
