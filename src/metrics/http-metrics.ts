import type { Measurements, Metadata } from '../core/types.ts'
import { distribution, lastValue, summary } from './define.ts'
import type { MetricDefinition } from './definition.ts'
import { readyMade } from './ready-made.ts'

/** Boundaries of `http.*.request.duration` in seconds: OpenTelemetry semantic conventions, HTTP metrics. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/**
 * Requests served and made, from the events of `sonde/interop`. Names, labels and bounds are those of OpenTelemetry's
 * conventions (https://opentelemetry.io/docs/specs/semconv/http/http-metrics/), labels in their Prometheus spelling:
 * `http_server_request_duration_seconds{http_request_method, http_route, http_response_status_code, error_type}`.
 *
 * `http.server.request.latency` and `http.client.request.latency` are the rolling p50, p95 and p99 of the same durations, by
 * method and route, or method and server.
 */
export const httpMetrics: readonly MetricDefinition[] = /* @__PURE__ */ readyMade(() => [
  ...sideMetrics('server', 'http_route', 'HTTP requests served'),
  ...sideMetrics('client', 'server_address', 'HTTP requests made'),
])

function sideMetrics(side: 'server' | 'client', target: string, what: string): MetricDefinition[] {
  const operation = `http.${side}.request`
  const ends = [`${operation}.stop`, `${operation}.exception`]
  const requestTags = { tagValues: conventionTags, tags: ['http_request_method', target] }
  const allTags = { ...requestTags, tags: [...requestTags.tags, 'http_response_status_code', 'error_type'] }
  return [
    distribution(`${operation}.duration`, {
      ...allTags,
      event: ends,
      unit: ['nanosecond', 'second'],
      buckets: DURATION_BUCKETS,
      exportName: `http_${side}_request_duration_seconds`,
      description: `Duration of ${what}.`,
    }),
    summary(`${operation}.latency`, {
      ...requestTags,
      event: ends,
      measurement: 'duration',
      unit: ['nanosecond', 'second'],
      exportName: `http_${side}_request_latency_seconds`,
      description: `Duration of ${what}: quantiles of the last minute.`,
    }),
    lastValue(`http.${side}.active_requests`, {
      event: [`${operation}.start`, ...ends],
      measurement: 'active',
      keep: has('active'),
      exportName: `http_${side}_active_requests`,
      description: `${what} that are in progress.`,
    }),
    distribution(`http.${side}.response.body.size`, {
      ...requestTags,
      event: ends,
      measurement: 'response_size',
      keep: has('response_size'),
      unit: 'byte',
      exportName: `http_${side}_response_body_size_bytes`,
      description: `Bodies of the responses to ${what}.`,
    }),
  ]
}

/** Our keys under the names of the conventions. */
function conventionTags({ method, route, status_code, error_type, host }: Metadata): Metadata {
  return {
    http_request_method: method,
    http_route: route,
    http_response_status_code: status_code,
    error_type,
    server_address: host,
  }
}

/** For measurements that an event may lack without anything being wrong. */
function has(key: string): (metadata: Metadata, measurements: Measurements) => boolean {
  return (_metadata, measurements) => measurements[key] !== undefined
}
