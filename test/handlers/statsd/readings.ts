import type { DataPoint, MetricData, MetricDefinition, MetricType, PointValue, Tags } from 'sonde/metrics'
import { type DialectName, dialects } from '../../../handlers/statsd/dialects/dialects.ts'
import { createEncoder, type Encoded, type Encoder } from '../../../handlers/statsd/encode.ts'
import { createLineNames, type LineNames } from '../../../handlers/statsd/line-names.ts'

export const dialectNames: readonly DialectName[] = ['plain', 'dogstatsd', 'telegraf']

/** A definition as `sonde/metrics` makes them, with only what matters to an exporter. */
export function definition(type: MetricType, name: string, options: Partial<MetricDefinition> = {}): MetricDefinition {
  const shape = { tags: [], unit: 'unit', scale: [1, 1], description: '', buckets: [], windowMs: 0, slots: 0 } as const
  return { type, name, events: ['x'], measurement: 'x', monotonic: type === 'counter', ...shape, ...options }
}

/** One reading of one series. */
export function reading(of: MetricDefinition, value: PointValue, tags: Tags = {}): MetricData {
  const point: DataPoint = { tags, value, startTime: 0, time: 0 }
  return { definition: of, points: [point] }
}

/** The value of a distribution: `counts` has one more than `bounds`. */
export function histogram(bounds: readonly number[], counts: readonly number[], sum: number): PointValue {
  return { bounds, counts, count: counts.reduce((total, of) => total + of, 0), sum, min: undefined, max: undefined }
}

/** The value of a summary whose gauges are all `value`. */
export function window(value: number | undefined, lifetimeCount: number, lifetimeSum: number): PointValue {
  const all = { min: value, max: value, mean: value, stddev: value }
  const quantiles = { p50: value, p90: value, p95: value, p99: value, p999: value }
  return { count: 0, sum: 0, ...all, ...quantiles, lifetimeCount, lifetimeSum }
}

export function makeNames(
  dialect: DialectName,
  options: { prefix?: string; globalTags?: Tags; room?: number } = {},
): LineNames {
  return createLineNames({ dialect: dialects[dialect], prefix: '', globalTags: {}, room: 1_300, ...options })
}

export function makeEncoder(dialect: DialectName, options: { prefix?: string; globalTags?: Tags } = {}): Encoder {
  return createEncoder(dialects[dialect], makeNames(dialect, options), 10_000)
}

/** As a datagram would carry them. */
export function textOf({ lines }: Encoded): string {
  return lines.map(({ text }) => text).join('')
}

/** The lines that a new encoder makes of readings. */
export function encode(dialect: DialectName, readings: readonly MetricData[]): string {
  return textOf(encodeAll(makeEncoder(dialect), readings, 0))
}

/** What an encoder makes of several metrics. */
export function encodeAll(encoder: Encoder, readings: readonly MetricData[], now: number): Encoded {
  const all = readings.map(({ definition, points }) => encoder.encode(definition, points, now))
  return { lines: all.flatMap(({ lines }) => lines), invalid: all.reduce((sum, { invalid }) => sum + invalid, 0) }
}
