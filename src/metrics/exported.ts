import { type DataPoint, type DistributionValue, isSummary, type MetricData, type Tags } from './data.ts'
import type { MetricDefinition } from './definition.ts'
import type { MetricStore, ProducerOptions } from './metric-store.ts'

/** A metric in the words of OpenTelemetry: the unit in UCUM, attributes as its semantic conventions name them. */
export interface ExportedMetric {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly kind: 'sum' | 'gauge' | 'histogram'
  readonly monotonic: boolean
  /** Of no meaning for a gauge. */
  readonly temporality: 'cumulative' | 'delta'
  /** Numbers, and `DistributionValue` for a histogram. Never empty. */
  readonly points: readonly DataPoint<number | DistributionValue>[]
}

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
 * A function that reads a store as OpenTelemetry sees it, metric by metric as the iterator is asked, with a delta state of its own.
 * Metrics without points are left out.
 *
 * counter → monotonic sum. sum → monotonic sum, or a non-monotonic one (always cumulative, as the SDK does) with
 * `monotonic: false`. lastValue → gauge. distribution → explicit histogram. summary → three, because not every receiver takes
 * OTLP's own summaries: `<name>.count` and `<name>.sum`, monotonic sums since the start, and a gauge `<name>` with the attribute
 * `quantile`, absent while the window is empty.
 */
export function createExportReader(
  store: Pick<MetricStore, 'definitions' | 'deltas' | 'points'>,
  { temporality = 'cumulative' }: ProducerOptions = {},
): () => Generator<ExportedMetric, void> {
  const deltas = temporality === 'delta' ? store.deltas() : undefined
  return function* read() {
    for (const definition of store.definitions) {
      const { type, monotonic, name } = definition
      // What falls has no deltas that make sense on their own.
      const falls = type === 'sum' && !monotonic
      if (deltas === undefined || falls) yield* exported({ definition, points: [...store.points(name)] }, 'cumulative')
      else yield* exported({ definition, points: deltas.points(name) }, 'delta')
    }
  }
}

type Temporality = ExportedMetric['temporality']

function exported({ definition, points }: MetricData, temporality: Temporality): ExportedMetric[] {
  const metric = describe(definition, temporality)
  const metrics =
    definition.type === 'summary'
      ? ofSummary(metric, points)
      : [{ ...metric, points: points.flatMap((point) => (isSummary(point.value) ? [] : [named(point, point.value)])) }]
  return metrics.filter((each) => each.points.length > 0)
}

function describe(
  { name, description, unit, type, monotonic }: MetricDefinition,
  temporality: Temporality,
): ExportedMetric {
  const kind = type === 'distribution' ? 'histogram' : type === 'counter' || type === 'sum' ? 'sum' : 'gauge'
  const rises = type === 'counter' || (type === 'sum' && monotonic)
  return { name, description, unit: UCUM[unit] ?? unit, kind, monotonic: rises, temporality, points: [] }
}

function ofSummary(metric: ExportedMetric, points: readonly DataPoint[]): ExportedMetric[] {
  const total = (key: 'lifetimeCount' | 'lifetimeSum', suffix: string, unit: string): ExportedMetric => ({
    ...metric,
    name: `${metric.name}.${suffix}`,
    unit,
    kind: 'sum',
    monotonic: true,
    points: points.flatMap((point) => (isSummary(point.value) ? [named(point, point.value[key])] : [])),
  })
  return [
    { ...metric, points: points.flatMap(quantilePoints) },
    total('lifetimeCount', 'count', '1'),
    total('lifetimeSum', 'sum', metric.unit),
  ]
}

function quantilePoints(point: DataPoint): DataPoint<number>[] {
  const { value } = point
  if (!isSummary(value)) return []
  return Object.entries(QUANTILES).flatMap(([quantile, key]) => {
    const reading = value[key]
    return reading === undefined ? [] : [named({ ...point, tags: { ...point.tags, quantile } }, reading)]
  })
}

function named<V extends number | DistributionValue>(point: DataPoint, value: V): DataPoint<V> {
  return { ...point, tags: attributesOf(point.tags), value }
}

function attributesOf(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).map(([tag, value]) => [ATTRIBUTES[tag] ?? tag, value]))
}
