import { TelemetryError } from '../core/errors.ts'
import type { Tags } from './data.ts'
import type { MetricDefinition } from './definition.ts'
import type { StoreOptions } from './metric-store.ts'
import { toTags } from './series-key.ts'

/** A store's limits with their defaults. */
export interface StoreLimits {
  readonly globalTags: Tags
  readonly expireMs: number
  readonly maxSeriesTotal: number
  limitOf(definition: MetricDefinition): number
}

/** Checks the options of a store: `invalid_metric` for two metrics of one name, else `invalid_option`. */
export function readStoreOptions(options: StoreOptions): StoreLimits {
  const { metrics, globalTags = {}, expireMs = 600_000 } = options
  const { maxSeries = 2_000, maxSummarySeries = 500, maxSeriesTotal = 50_000 } = options
  for (const [name, value] of Object.entries({ maxSeries, maxSummarySeries, maxSeriesTotal }))
    if (!Number.isInteger(value) || value < 1) throw invalidOption(name, 'must be a whole number from 1 on', value)
  if (!(typeof expireMs === 'number' && expireMs > 0)) throw invalidOption('expireMs', 'must be above 0', expireMs)
  if (typeof globalTags !== 'object' || globalTags === null || Array.isArray(globalTags))
    throw invalidOption('globalTags', 'must be an object', globalTags)
  checkMetrics(metrics)
  return {
    globalTags: Object.freeze(toTags(globalTags)),
    expireMs,
    maxSeriesTotal,
    limitOf: ({ type }) => (type === 'summary' ? maxSummarySeries : maxSeries),
  }
}

function checkMetrics(metrics: readonly MetricDefinition[]): void {
  if (!Array.isArray(metrics)) throw invalidOption('metrics', 'must be a list of metric definitions', metrics)
  const names = new Set<string>()
  for (const metric of metrics) {
    if (typeof metric?.name !== 'string' || !Array.isArray(metric.events))
      throw invalidOption(
        'metrics',
        'must hold what counter(), sum(), lastValue(), summary() or distribution() made',
        metric,
      )
    if (names.has(metric.name))
      throw new TelemetryError(
        'invalid_metric',
        `metrics: two metrics are named '${metric.name}'; names are unique in a store`,
      )
    names.add(metric.name)
  }
}

function invalidOption(name: string, rule: string, value: unknown): TelemetryError {
  return new TelemetryError('invalid_option', `metrics: option '${name}' ${rule}, got ${String(value)}`)
}
