import type { DataPoint, Exemplar, MetricDefinition, MetricType, PointValue, Tags } from 'sonde/metrics'
import type { MetricSource } from '../../../handlers/prometheus/encode.ts'

/** A definition as `sonde/metrics` makes them, with only what matters to an exporter. */
export function definition(type: MetricType, name: string, options: Partial<MetricDefinition> = {}): MetricDefinition {
  return {
    type,
    name,
    events: ['x'],
    measurement: 'x',
    tags: [],
    unit: 'unit',
    scale: [1, 1],
    description: '',
    monotonic: type === 'sum',
    buckets: [],
    windowMs: 0,
    slots: 0,
    ...options,
  }
}

export function point(value: PointValue, tags: Tags = {}, exemplar?: Exemplar): DataPoint {
  const plain = { tags, value, startTime: 0, time: 0 }
  return exemplar === undefined ? plain : { ...plain, exemplar }
}

/** The value of a distribution: `counts` has one more than `bounds`. */
export function histogram(bounds: readonly number[], counts: readonly number[], sum: number): PointValue {
  const count = counts.reduce((total, of) => total + of, 0)
  return { bounds, counts, count, sum, min: undefined, max: undefined }
}

/** The value of a summary whose quantiles are all `reading`; undefined is an empty window. */
export function window(lifetimeCount: number, lifetimeSum: number, reading: number | undefined): PointValue {
  const all = { min: reading, max: reading, mean: reading, stddev: reading }
  const quantiles = { p50: reading, p90: reading, p95: reading, p99: reading, p999: reading }
  return { count: 0, sum: 0, ...all, ...quantiles, lifetimeCount, lifetimeSum }
}

/** A store that holds the points given. */
export function source(
  metrics: readonly (readonly [MetricDefinition, readonly DataPoint[]])[],
  globalTags: Tags = {},
): MetricSource {
  const byName = new Map(metrics.map(([{ name }, points]) => [name, points]))
  return {
    definitions: metrics.map(([of]) => of),
    globalTags,
    points: (name) => (byName.get(name) ?? []).values(),
  }
}
