import type * as sdk from '@opentelemetry/sdk-metrics'
import type { DataPoint, MetricData, SummaryValue, Tags } from './data.ts'
import { isDistribution, isSummary } from './data.ts'
import type { MetricDefinition } from './definition.ts'
import type { MetricStore, ProducerOptions } from './metric-store.ts'

type Sdk = typeof sdk
type HrTime = [seconds: number, nanoseconds: number]

/** Our units in UCUM, as the semantic conventions want them. */
const UCUM: { readonly [unit: string]: string } = {
  second: 's',
  millisecond: 'ms',
  microsecond: 'us',
  nanosecond: 'ns',
  byte: 'By',
  kilobyte: 'kBy',
  megabyte: 'MBy',
  ratio: '1',
  count: '1',
  unit: '',
}

/** Labels that are the Prometheus spelling of an attribute of the semantic conventions. */
const ATTRIBUTES: { readonly [tag: string]: string } = {
  http_request_method: 'http.request.method',
  http_response_status_code: 'http.response.status_code',
  http_route: 'http.route',
  error_type: 'error.type',
  server_address: 'server.address',
}

const QUANTILES = { '0.5': 'p50', '0.9': 'p90', '0.95': 'p95', '0.99': 'p99', '0.999': 'p999' } as const

/**
 * Makes an OpenTelemetry MetricProducer over a store; give it to a reader as `metricProducers: [producer]`.
 *
 * counter → monotonic sum. sum → monotonic sum, or a non-monotonic one (always cumulative, as the SDK does) with
 * `monotonic: false`. lastValue → gauge. distribution → explicit histogram. summary → OTLP has no writable summary, so three:
 * `<name>.count` and `<name>.sum`, monotonic sums since the start, and a gauge `<name>` with the attribute `quantile`, absent
 * while the window is empty. The SDK is loaded at the first collect.
 */
export function createProducer(store: MetricStore, options: ProducerOptions = {}): sdk.MetricProducer {
  const { temporality = 'cumulative' } = options
  const deltas = temporality === 'delta' ? store.deltas() : undefined

  return {
    async collect() {
      const loaded = await import('@opentelemetry/sdk-metrics')
      const metrics = deltas
        ? deltas.collect().flatMap((metric) => {
            const { type, monotonic, name } = metric.definition
            if (type !== 'sum' || monotonic) return toOtel(loaded, metric, 'delta')
            return toOtel(loaded, { ...metric, points: [...store.points(name)] }, 'cumulative')
          })
        : store.collect().flatMap((metric) => toOtel(loaded, metric, 'cumulative'))
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

function toOtel(
  loaded: Sdk,
  { definition, points }: MetricData,
  temporality: 'cumulative' | 'delta',
): sdk.MetricData[] {
  if (points.length === 0) return []
  const { AggregationTemporality, DataPointType } = loaded
  const aggregationTemporality = AggregationTemporality[temporality === 'delta' ? 'DELTA' : 'CUMULATIVE']
  const shape = { descriptor: descriptorOf(loaded, definition), aggregationTemporality }

  if (definition.type === 'summary') return summaryToOtel(loaded, definition, points, aggregationTemporality)
  if (definition.type === 'distribution')
    return [{ ...shape, dataPointType: DataPointType.HISTOGRAM, dataPoints: points.flatMap(histogramPoint) }]
  const dataPoints = points.flatMap((point) => numberPoint(point, point.value))
  if (definition.type === 'lastValue') return [{ ...shape, dataPointType: DataPointType.GAUGE, dataPoints }]
  return [{ ...shape, dataPointType: DataPointType.SUM, isMonotonic: definition.monotonic, dataPoints }]
}

function summaryToOtel(
  loaded: Sdk,
  definition: MetricDefinition,
  points: readonly DataPoint[],
  aggregationTemporality: sdk.AggregationTemporality,
): sdk.MetricData[] {
  const { DataPointType } = loaded
  const { name } = definition
  const total = (suffix: string, unit: string, read: (value: SummaryValue) => number): sdk.MetricData => ({
    descriptor: descriptorOf(loaded, { ...definition, name: `${name}.${suffix}`, unit, monotonic: true }),
    aggregationTemporality,
    dataPointType: DataPointType.SUM,
    isMonotonic: true,
    dataPoints: points.flatMap((point) => (isSummary(point.value) ? numberPoint(point, read(point.value)) : [])),
  })
  const quantiles: sdk.MetricData = {
    descriptor: descriptorOf(loaded, definition),
    aggregationTemporality,
    dataPointType: DataPointType.GAUGE,
    dataPoints: points.flatMap(quantilePoints),
  }
  const totals = [
    total('count', 'count', (value) => value.lifetimeCount),
    total('sum', definition.unit, (value) => value.lifetimeSum),
  ]
  return quantiles.dataPoints.length > 0 ? [quantiles, ...totals] : totals
}

function quantilePoints(point: DataPoint): sdk.DataPoint<number>[] {
  const { value } = point
  if (!isSummary(value)) return []
  return Object.entries(QUANTILES).flatMap(([quantile, key]) =>
    numberPoint({ ...point, tags: { ...point.tags, quantile } }, value[key]),
  )
}

function numberPoint(point: DataPoint, value: unknown): sdk.DataPoint<number>[] {
  return typeof value === 'number' ? [{ ...frameOf(point), value }] : []
}

function histogramPoint(point: DataPoint): sdk.DataPoint<sdk.Histogram>[] {
  if (!isDistribution(point.value)) return []
  const { bounds, counts, count, sum, min, max } = point.value
  const extremes = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) }
  return [
    {
      ...frameOf(point),
      value: { buckets: { boundaries: [...bounds], counts: [...counts] }, count, sum, ...extremes },
    },
  ]
}

function frameOf({ startTime, time, tags }: DataPoint): { startTime: HrTime; endTime: HrTime; attributes: Tags } {
  return { startTime: hrTime(startTime), endTime: hrTime(time), attributes: attributesOf(tags) }
}

function attributesOf(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).map(([tag, value]) => [ATTRIBUTES[tag] ?? tag, value]))
}

function descriptorOf({ InstrumentType }: Sdk, definition: MetricDefinition): sdk.MetricDescriptor {
  const { name, description, unit, type, monotonic } = definition
  const kind = monotonic
    ? 'COUNTER'
    : type === 'sum'
      ? 'UP_DOWN_COUNTER'
      : type === 'distribution'
        ? 'HISTOGRAM'
        : 'GAUGE'
  // ValueType.DOUBLE of @opentelemetry/api is 1 in all versions of it.
  const instrument = { type: InstrumentType[kind], advice: {} }
  return { name, description, unit: UCUM[unit] ?? unit, valueType: 1, ...instrument }
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
