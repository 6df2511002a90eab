import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import { TelemetryError } from 'sonde'
import type { MetricStore } from 'sonde/metrics'
import type { ResourceAttributes } from './encode/resource.ts'
import type { Environment, Protocol } from './environment.ts'
import { isHttpUrl } from './environment.ts'

/** What to export, and where. An option goes before the `OTEL_…` variable of the same meaning. */
export interface OtlpOptions {
  /** Its metrics are exported: `attachMetrics(bus, …).store`. */
  readonly store?: MetricStore
  /** Names and patterns of events that are exported as log records. Default: none. */
  readonly logs?: readonly string[]
  /** Default `http/protobuf`. `grpc` needs the package `@grpc/grpc-js`. */
  readonly protocol?: Protocol
  /** The receiver. HTTP appends `/v1/metrics` and `/v1/logs`. Default `http://localhost:4318`, for gRPC `http://localhost:4317`. */
  readonly endpoint?: string
  /** The address for metrics or logs alone, used as it is. */
  readonly endpoints?: { readonly metrics?: string; readonly logs?: string }
  readonly headers?: Readonly<Record<string, string>>
  /** For one attempt, and for `flush`. Default 10,000. */
  readonly timeoutMs?: number
  /** Default `none`. */
  readonly compression?: 'gzip' | 'none'
  /** PEM certificates of the authorities to trust, instead of the usual ones. Checks of TLS cannot be turned off. */
  readonly ca?: string
  /** How often metrics are read and sent, in milliseconds. Default 60,000. */
  readonly intervalMs?: number
  /** Default `cumulative`. */
  readonly temporality?: 'cumulative' | 'delta'
  /** Sends distributions as exponential histograms: see `createRebucket` for what that costs in accuracy. Default false. */
  readonly exponentialHistograms?: boolean
  /** Data points in one request at most, and in one turn of the event loop. Default 2,000. */
  readonly maxPoints?: number
  /** Bytes of one request at most, before compression. Default 64 MiB. */
  readonly maxRequestBytes?: number
  /** Over what the global tags of the store and the environment say. */
  readonly resource?: ResourceAttributes
  /**
   * Keeps what is not yet delivered in this directory, so that it survives the process. Without it what is undelivered is kept in
   * memory, 64 MiB at most.
   */
  readonly directory?: string
  /** After a failed attempt the receiver is left alone for this long, then for up to six times as long. Default 10,000. */
  readonly retryMs?: number
  /** An exporter of the OpenTelemetry SDK that sends the metrics in our place; logs go their own way. */
  readonly exporter?: PushMetricExporter
  /** Default `process.env`; `{}` leaves it out. */
  readonly environment?: Environment
  /** Handler id, and the first part of the sink's names, `otlp.metrics` and `otlp.logs`. Default `otlp`. */
  readonly id?: string
}

const KEYS: ReadonlySet<string> = new Set(
  (
    'store logs protocol endpoint endpoints headers timeoutMs compression ca intervalMs temporality exponentialHistograms ' +
    'maxPoints maxRequestBytes resource directory retryMs exporter environment id'
  ).split(' '),
)

const CHOICES = {
  protocol: ['http/protobuf', 'http/json', 'grpc'],
  compression: ['gzip', 'none'],
  temporality: ['cumulative', 'delta'],
  exponentialHistograms: [true, false],
} as const

/** Throws `invalid_option` for what `attachOtlp` cannot work with; what depends on the environment is checked where it is read. */
export function checkOptions(options: OtlpOptions): void {
  if (typeof options !== 'object' || options === null) throw invalid('options must be an object')
  const unknown = Object.keys(options).find((key) => !KEYS.has(key))
  if (unknown !== undefined) throw invalid(`there is no option '${unknown}': there are ${[...KEYS].join(', ')}`)
  const { store, logs, endpoint, endpoints = {}, exporter } = options
  if (store === undefined && logs === undefined)
    throw invalid("needs a 'store' of metrics, patterns of 'logs', or both")
  if (store !== undefined && typeof store?.deltas !== 'function')
    throw invalid("'store' must be a MetricStore: attachMetrics(bus, …).store")
  if (logs !== undefined && (!Array.isArray(logs) || logs.length === 0))
    throw invalid("'logs' must be an array of event names and patterns, not empty")
  for (const url of [endpoint, endpoints.metrics, endpoints.logs])
    if (url !== undefined && !(typeof url === 'string' && isHttpUrl(url)))
      throw invalid("'endpoint' and 'endpoints' must be http or https URLs")
  if (exporter !== undefined && (typeof exporter?.export !== 'function' || store === undefined))
    throw invalid("'exporter' must be a PushMetricExporter, and needs a 'store'")
  checkChoices(options)
  checkNumbers(options)
  checkTexts(options)
}

function checkChoices(options: OtlpOptions): void {
  for (const key of ['protocol', 'compression', 'temporality', 'exponentialHistograms'] as const) {
    const choices: readonly unknown[] = CHOICES[key]
    if (options[key] !== undefined && !choices.includes(options[key]))
      throw invalid(`'${key}' must be one of ${choices.join(', ')}`)
  }
}

function checkNumbers({ timeoutMs, intervalMs, maxPoints, maxRequestBytes, retryMs }: OtlpOptions): void {
  for (const [key, value] of Object.entries({ timeoutMs, intervalMs, maxPoints, maxRequestBytes, retryMs }))
    if (value !== undefined && !(Number.isInteger(value) && value >= 1))
      throw invalid(`'${key}' must be a whole number from 1 on`)
}

function checkTexts({ ca, directory, id, headers, resource }: OtlpOptions): void {
  for (const [key, value] of Object.entries({ ca, directory, id }))
    if (value !== undefined && (typeof value !== 'string' || value === '')) throw invalid(`'${key}' must be a text`)
  for (const [key, value] of Object.entries({ headers, resource }))
    if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value)))
      throw invalid(`'${key}' must be an object`)
  const good = Object.values(resource ?? {}).every((value) => ['string', 'number', 'boolean'].includes(typeof value))
  if (!good) throw invalid("the values of 'resource' must be strings, numbers or booleans")
}

function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `otlp: ${problem}`)
}
