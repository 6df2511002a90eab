import { TelemetryError } from 'sonde'
import { checkServeOptions, type ServeOptions } from 'sonde/http'
import type { MetricStore } from 'sonde/metrics'
import type { Registry } from './registry.ts'

/** What to export, and where. */
export interface PrometheusOptions {
  /** What is exported: `attachMetrics(bus, …).store`. */
  readonly store: Pick<MetricStore, 'definitions' | 'globalTags' | 'points'>
  /** Other registries, prom-client's for example, whose metrics follow ours in the same answer. */
  readonly registries?: readonly Registry[]
  /**
   * Listens on an address of its own, 127.0.0.1 unless `host` says otherwise, which needs a `token` too. Without it, mount
   * `handler` in a server of yours.
   */
  readonly server?: Omit<ServeOptions, 'routes' | 'onError'>
  /** The path that `server` answers. Default `/metrics`. */
  readonly path?: string
  /** For how long scrapes share one reading, in milliseconds. Default 1,000; 0 shares between parallel ones only. */
  readonly shareMs?: number
  /** Handler id, when there are several on one bus. Default `prometheus`. */
  readonly id?: string
}

/** Throws `invalid_option` for what `attachPrometheus` cannot work with. */
export function checkOptions({
  store,
  registries = [],
  path = '/metrics',
  server,
  shareMs = 1_000,
}: PrometheusOptions): void {
  if (typeof store?.points !== 'function') fail("'store' must be a MetricStore: attachMetrics(bus, …).store")
  if (!Array.isArray(registries) || !registries.every((registry) => typeof registry?.metrics === 'function')) {
    fail("'registries' must be an array of registries with metrics() and contentType")
  }
  if (!(Number.isFinite(shareMs) && shareMs >= 0)) fail(`'shareMs' must be milliseconds from 0, got ${String(shareMs)}`)
  if (server !== undefined) checkServeOptions({ ...server, routes: [{ path, handle: () => {} }] })
}

function fail(problem: string): never {
  throw new TelemetryError('invalid_option', `prometheus: ${problem}`)
}
