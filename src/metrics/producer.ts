import type * as sdk from '@opentelemetry/sdk-metrics'
import type { DataPoint, DistributionValue, Tags } from './data.ts'
import { createExportReader, type ExportedMetric } from './exported.ts'
import type { MetricStore, ProducerOptions } from './metric-store.ts'

type Sdk = typeof sdk
type HrTime = [seconds: number, nanoseconds: number]

/**
 * Makes an OpenTelemetry MetricProducer over a store; give it to a reader as `metricProducers: [producer]`.
 *
 * What becomes of each metric type is told at `createExportReader`. The SDK has no place for exemplars of a producer, so they
 * are left out. It is loaded at the first collect.
 */
export function createProducer(store: MetricStore, options: ProducerOptions = {}): sdk.MetricProducer {
  const read = createExportReader(store, options)

  return {
    async collect() {
      const loaded = await import('@opentelemetry/sdk-metrics')
      const metrics = [...read()].map((metric) => toOtel(loaded, metric))
      return {
        errors: [],
        resourceMetrics: {
          resource: resourceOf(store.globalTags),
          scopeMetrics: [{ scope: { name: 'sonde' }, metrics }],
        },
      }
    },
  }
}

function toOtel(loaded: Sdk, metric: ExportedMetric): sdk.MetricData {
  const { kind, monotonic, temporality, points } = metric
  const { AggregationTemporality, DataPointType } = loaded
  const aggregationTemporality = AggregationTemporality[temporality === 'delta' ? 'DELTA' : 'CUMULATIVE']
  const shape = { descriptor: descriptorOf(loaded, metric), aggregationTemporality }
  if (kind === 'histogram')
    return { ...shape, dataPointType: DataPointType.HISTOGRAM, dataPoints: points.flatMap(histogramPoint) }
  const dataPoints = points.flatMap(numberPoint)
  if (kind === 'gauge') return { ...shape, dataPointType: DataPointType.GAUGE, dataPoints }
  return { ...shape, dataPointType: DataPointType.SUM, isMonotonic: monotonic, dataPoints }
}

type ExportedPoint = DataPoint<number | DistributionValue>

function numberPoint({ value, ...point }: ExportedPoint): sdk.DataPoint<number>[] {
  return typeof value === 'number' ? [{ ...frameOf(point), value }] : []
}

function histogramPoint({ value, ...point }: ExportedPoint): sdk.DataPoint<sdk.Histogram>[] {
  if (typeof value === 'number') return []
  const { bounds, counts, count, sum, min, max } = value
  const extremes = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) }
  return [
    {
      ...frameOf(point),
      value: { buckets: { boundaries: [...bounds], counts: [...counts] }, count, sum, ...extremes },
    },
  ]
}

type Frame = Pick<ExportedPoint, 'startTime' | 'time' | 'tags'>

function frameOf({ startTime, time, tags }: Frame): { startTime: HrTime; endTime: HrTime; attributes: Tags } {
  return { startTime: hrTime(startTime), endTime: hrTime(time), attributes: tags }
}

const INSTRUMENTS = { histogram: 'HISTOGRAM', gauge: 'GAUGE', sum: 'UP_DOWN_COUNTER' } as const

function descriptorOf(
  { InstrumentType }: Sdk,
  { name, description, unit, kind, monotonic }: ExportedMetric,
): sdk.MetricDescriptor {
  const type = InstrumentType[monotonic ? 'COUNTER' : INSTRUMENTS[kind]]
  // ValueType.DOUBLE of @opentelemetry/api is 1 in all versions of it. `advice` is unknown to some.
  const instrument = { type, advice: {} }
  return { name, description, unit, valueType: 1, ...instrument }
}

/** Milliseconds since the epoch as seconds and nanoseconds: their product exceeds what a double holds exactly. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.min(999_999_999, Math.round((ms - seconds * 1000) * 1e6))]
}

/** Readers take the resource from their MeterProvider; this one is for whoever reads the producer without one. */
function resourceOf(attributes: Tags): sdk.ResourceMetrics['resource'] {
  return {
    attributes,
    merge: (other) =>
      other === null ? resourceOf(attributes) : resourceOf({ ...attributes, ...toTagsOf(other.attributes) }),
    getRawAttributes: () => Object.entries(attributes),
  }
}

function toTagsOf(attributes: object): Tags {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)]))
}
