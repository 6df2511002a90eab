import type { RequestFormat } from './encode/request.ts'
import { type ResourceAttributes, resourceAttributes, toResource } from './encode/resource.ts'
import { type Environment, readResource, readTemporality } from './environment.ts'
import type { OtlpOptions } from './options.ts'
import { requireGrpc } from './send/grpc.ts'
import { readSettings, type SignalSettings } from './settings.ts'

/** What options and environment say together, before anything has begun. */
export interface Plan {
  readonly options: OtlpOptions
  /** First part of the names of the sinks. */
  readonly id: string
  readonly attributes: ResourceAttributes
  /** Undefined when nobody has chosen. */
  readonly temporality: 'cumulative' | 'delta' | undefined
  readonly metrics: SignalSettings | undefined
  readonly logs: SignalSettings | undefined
  /** For `flush`: the longer of the two. */
  readonly timeoutMs: number
}

/** Reads options and environment. Throws `invalid_option` and `missing_peer`. */
export function makePlan(options: OtlpOptions): Plan {
  const { store, exporter, resource = {}, id = 'otlp' } = options
  const environment: Environment = options.environment ?? process.env
  const metrics = store === undefined ? undefined : readSettings(options, 'metrics')
  const logs = options.logs === undefined ? undefined : readSettings(options, 'logs')
  const sentByUs = exporter === undefined ? [metrics, logs] : [logs]
  if (sentByUs.some((settings) => settings?.protocol === 'grpc')) requireGrpc()
  return {
    options,
    id,
    attributes: resourceAttributes(readResource(environment), store?.globalTags ?? {}, resource),
    temporality: options.temporality ?? readTemporality(environment),
    metrics,
    logs,
    timeoutMs: Math.max(metrics?.timeoutMs ?? 0, logs?.timeoutMs ?? 0),
  }
}

/** How requests of a signal are written. */
export function formatOf({ attributes, options }: Plan, { encoding }: SignalSettings): RequestFormat {
  return { encoding, resource: toResource(attributes), maxBytes: options.maxRequestBytes ?? 64 * 1_048_576 }
}
