import type { Measurements, Metadata } from '../core/types.ts'

export type MetricType = 'counter' | 'sum' | 'lastValue' | 'summary' | 'distribution'

export type TimeUnit = 'nanosecond' | 'microsecond' | 'millisecond' | 'second'
export type ByteUnit = 'byte' | 'kilobyte' | 'megabyte'

/** Reads a value from an event. */
export type MeasurementFunction = (measurements: Measurements, metadata: Metadata) => unknown

/** Decides whether an event counts, from its metadata as emitted. */
export type Predicate = (metadata: Metadata, measurements: Measurements) => boolean

/** A metric as plain, frozen data: it does nothing until a store and a handler are given it. */
export interface MetricDefinition {
  readonly type: MetricType
  /** Dotted and unique in a store. */
  readonly name: string
  /** Event names and patterns. */
  readonly events: readonly string[]
  /** The measurement's key, or how to compute it. A counter does not look at it. */
  readonly measurement: string | MeasurementFunction
  /** Metadata keys that become labels, or a function of the metadata. */
  readonly tags: readonly string[] | ((metadata: Metadata) => Metadata)
  /** Turns metadata into what `tags` are read from. */
  readonly tagValues?: (metadata: Metadata) => Metadata
  /** `drop` is kept as its negation. */
  readonly keep?: Predicate
  /** Unit of the stored values: after conversion. `'unit'` when none was given. */
  readonly unit: string
  /** What a measurement is multiplied with, then divided by, to get to `unit`. Two integers, so that ns → s rounds once. */
  readonly scale: readonly [multiply: number, divide: number]
  readonly description: string
  /** Sums only: true when negative values are invalid, so that it is exported as a counter. */
  readonly monotonic: boolean
  /** Distributions only: inclusive upper bounds in `unit`; empty for the others. */
  readonly buckets: readonly number[]
  /** Summaries only: length of the rolling window and the number of slots it is made of; 0 for the others. */
  readonly windowMs: number
  readonly slots: number
  /** The name in Prometheus, when it is not derived from `name` and `unit`. */
  readonly exportName?: string
}

/** Options that all five metric types take. */
export interface MetricOptions {
  /** One event name or pattern, or a list of them. Default: the metric's name without its last segment. */
  readonly event?: string | readonly string[]
  /** Default: the last segment of the metric's name. */
  readonly measurement?: string | MeasurementFunction
  readonly tags?: readonly string[] | ((metadata: Metadata) => Metadata)
  readonly tagValues?: (metadata: Metadata) => Metadata
  /** Only events for which this is true count. Not together with `drop`. */
  readonly keep?: Predicate
  readonly drop?: Predicate
  /** The unit, or a conversion: `['nanosecond', 'second']`, `['byte', 'kilobyte']` (1 kilobyte = 1,000 bytes). */
  readonly unit?: string | readonly [from: TimeUnit, to: TimeUnit] | readonly [from: ByteUnit, to: ByteUnit]
  readonly description?: string
  /** The exact name in Prometheus: letters, digits, `_` and `:`. */
  readonly exportName?: string
}

export interface SumOptions extends MetricOptions {
  /** False lets it fall: negative values are added and it is exported as a gauge. Default true. */
  readonly monotonic?: boolean
}

export interface SummaryOptions extends MetricOptions {
  /** Length of the rolling window. Default 60,000. */
  readonly windowMs?: number
  /** Slots the window rolls by. Default 6. */
  readonly slots?: number
}

export interface DistributionOptions extends MetricOptions {
  /** Inclusive upper bounds in the metric's unit, ascending. The default depends on the unit. */
  readonly buckets?: readonly number[]
}
