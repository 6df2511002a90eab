import { telemetry } from 'sonde'
import { attachOtlp } from 'sonde/handlers/otlp'
import { attachPushgateway } from 'sonde/handlers/prometheus'
import { attachStatsd, type DialectName } from 'sonde/handlers/statsd'
import type { MetricStore } from 'sonde/metrics'

/** How often metrics are pushed: a demo is watched. */
const INTERVAL_MS = 5_000

/** Sends the store on to what the environment names, and returns a line about each for people. Nothing named, nothing sent. */
export function forward(store: MetricStore): string[] {
  const { STATSD_HOST, STATSD_PORT = '8125', STATSD_DIALECT = 'plain', PUSHGATEWAY_URL } = process.env
  const { OTEL_EXPORTER_OTLP_ENDPOINT: otlp } = process.env
  const lines: string[] = []

  if (STATSD_HOST !== undefined) {
    // The cast: whatever else it is, attachStatsd says so.
    const dialect = STATSD_DIALECT as DialectName
    attachStatsd(telemetry, { store, dialect, host: STATSD_HOST, port: Number(STATSD_PORT), prefix: 'observatory' })
    lines.push(`statsd       ${dialect}, to ${STATSD_HOST}:${STATSD_PORT} every second`)
  }
  if (PUSHGATEWAY_URL !== undefined) {
    const job = 'observatory'
    attachPushgateway(telemetry, { store, url: PUSHGATEWAY_URL, job, intervalMs: INTERVAL_MS, deleteOnClose: true })
    lines.push(`pushgateway  job ${job}, to ${new URL(PUSHGATEWAY_URL).host} every 5 s`)
  }
  if (otlp !== undefined) {
    // Everything else of OTLP is in variables too, and read by the handler.
    attachOtlp(telemetry, {
      store,
      logs: ['*.*.exception', '*.*.*.exception', 'telemetry.handler.*'],
      intervalMs: INTERVAL_MS,
    })
    lines.push(`otlp         metrics and failures, to ${new URL(otlp).host} every 5 s`)
  }
  return lines
}
