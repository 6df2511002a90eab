import {
  checkOptions,
  readBuckets,
  readEvents,
  readMeasurement,
  readName,
  readTags,
  readUnit,
} from './check-options.ts'
import type {
  DistributionOptions,
  MetricDefinition,
  MetricOptions,
  MetricType,
  Predicate,
  SummaryOptions,
  SumOptions,
} from './definition.ts'
import { defaultBuckets } from './units.ts'

const DEFAULT_WINDOW_MS = 60_000
const DEFAULT_SLOTS = 6

type AnyOptions = MetricOptions & SumOptions & SummaryOptions & DistributionOptions

/**
 * Counts events; the measurement is not looked at. The last segment of `name` is the measurement and the rest the event
 * unless `event` and `measurement` say otherwise. Throws `invalid_metric`, as the other four do.
 */
export function counter(name: string | readonly string[], options: MetricOptions = {}): MetricDefinition {
  return define('counter', name, options)
}

/** Adds up a measurement. Negative values are invalid unless `monotonic: false`, because exporters send it as a counter. */
export function sum(name: string | readonly string[], options: SumOptions = {}): MetricDefinition {
  return define('sum', name, options)
}

/** Keeps the latest value: a gauge. */
export function lastValue(name: string | readonly string[], options: MetricOptions = {}): MetricDefinition {
  return define('lastValue', name, options)
}

/** Quantiles over a rolling window of 60 s. Negative values are invalid. */
export function summary(name: string | readonly string[], options: SummaryOptions = {}): MetricDefinition {
  return define('summary', name, options)
}

/** A histogram since the start with the given bounds, which are inclusive. */
export function distribution(name: string | readonly string[], options: DistributionOptions = {}): MetricDefinition {
  return define('distribution', name, options)
}

function define(type: MetricType, input: string | readonly string[], options: AnyOptions): MetricDefinition {
  const { name, segments } = readName(type, input, options)
  checkOptions(type, name, options)
  const measurement = readMeasurement(name, segments, options.measurement)
  const { unit, scale } = readUnit(name, measurement, options.unit)
  const keep = options.keep ?? negated(options.drop)
  const buckets = type === 'distribution' ? readBuckets(name, options.buckets ?? defaultBuckets(unit)) : []
  const windowed = type === 'summary'

  return Object.freeze({
    type,
    name,
    events: readEvents(name, segments, options.event),
    measurement,
    tags: readTags(type, name, options.tags),
    unit,
    scale,
    description: options.description ?? '',
    monotonic: type === 'counter' || (type === 'sum' && options.monotonic !== false),
    buckets,
    windowMs: windowed ? (options.windowMs ?? DEFAULT_WINDOW_MS) : 0,
    slots: windowed ? (options.slots ?? DEFAULT_SLOTS) : 0,
    ...(options.tagValues && { tagValues: options.tagValues }),
    ...(keep && { keep }),
    ...(options.exportName !== undefined && { exportName: options.exportName }),
  })
}

function negated(drop: Predicate | undefined): Predicate | undefined {
  return drop && ((metadata, measurements) => !drop(metadata, measurements))
}
