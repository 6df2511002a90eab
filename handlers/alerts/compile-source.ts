import { TelemetryError } from 'sonde'
import { catalog } from 'sonde/catalog'
import { counter, lastValue, type MetricDefinition, summary } from 'sonde/metrics'
import type { EventSource, MetricSource, RuleSource } from './compiled-rule.ts'
import type { AlertRule, EventRule, MetricRule, Stat } from './rule.ts'
import { show } from './show.ts'

const QUANTILES: ReadonlySet<unknown> = new Set(['p50', 'p90', 'p95', 'p99', 'p999', 'mean', 'max', 'min'])
const COUNTED: ReadonlySet<unknown> = new Set(['rate', 'ratio', 'count', 'absent'])

/** Makes the error about a rule. */
export type Fail = (problem: string) => TelemetryError

/** Makes what a rule reads from, out of the metrics of the store or of its own. */
export function compileSource(
  rule: AlertRule,
  { metrics, index }: { readonly metrics: readonly MetricDefinition[]; readonly index: number },
  fail: Fail,
): RuleSource {
  if ('metric' in rule) return metricSource(rule, metrics, fail)
  if ('event' in rule)
    return rule.stat === undefined ? eventSource(rule, fail) : ownSource(rule, { stat: rule.stat, index }, fail)
  if (rule.kind === 'watchdog') return { type: 'watchdog' }
  throw fail("needs a 'metric', an 'event', or kind 'watchdog'")
}

/** The unit of what a source measures. */
export function unitOf(source: RuleSource): string {
  if (source.type === 'watchdog') return 'count'
  if (source.type === 'event') {
    return source.measurement === undefined ? 'count' : measurementUnit(source.patterns, source.measurement)
  }
  const { stat, metric } = source
  if (stat === 'ratio') return 'ratio'
  if (stat === 'absent') return 'nanosecond'
  return stat === 'rate' || stat === 'count' ? 'count' : metric.unit
}

function metricSource(rule: MetricRule, metrics: readonly MetricDefinition[], fail: Fail): MetricSource {
  const find = (option: string, name: unknown): MetricDefinition => {
    const found = metrics.find((one) => one.name === name)
    if (found === undefined) throw fail(`'${option}': there is no metric ${show(name)} in the store`)
    return found
  }
  const { stat, windowMs } = rule
  const metric = find('metric', rule.metric)
  if (QUANTILES.has(stat)) {
    if (metric.type !== 'summary')
      throw fail(`'stat' ${stat} needs a summary, and '${metric.name}' is a ${metric.type}`)
    if (windowMs !== undefined && windowMs !== metric.windowMs)
      throw fail(`'windowMs' is that of the summary: ${metric.windowMs}`)
  } else if (stat === 'last') {
    if (metric.type !== 'lastValue')
      throw fail(`'stat' last needs a lastValue, and '${metric.name}' is a ${metric.type}`)
  } else if (!COUNTED.has(stat))
    throw fail("'stat' must be one of p50 … p999, mean, max, min, rate, ratio, count, last, absent")
  else if (metric.type === 'lastValue' && stat !== 'absent') throw fail(`'stat' ${stat} needs a metric that counts`)
  if ((stat === 'ratio') !== (rule.over !== undefined))
    throw fail("'over' is the whole of a ratio, and of nothing else")
  const over = rule.over === undefined ? undefined : find('over', rule.over)
  if (over?.type === 'lastValue') throw fail("'over' needs a metric that counts")
  return { type: 'metric', store: 'given', metric, over, stat, windowNs: windowOf(rule, fail) }
}

/** Metrics of its own for what a rule wants to know of events. */
function ownSource(
  rule: EventRule,
  { stat, index }: { readonly stat: Stat; readonly index: number },
  fail: Fail,
): MetricSource {
  const { event, measurement, over, by = [], keep } = rule
  const windowNs = windowOf(rule, fail)
  const own = { tags: by, ...(keep && { keep }) }
  const unit = measurement === undefined ? 'unit' : measurementUnit(patternsOf(rule), measurement)
  const make = (): MetricDefinition => {
    if (!COUNTED.has(stat) && measurement === undefined) throw fail(`'stat' ${stat} needs a 'measurement'`)
    const measured = { ...own, event, measurement: measurement ?? 'count', unit }
    if (QUANTILES.has(stat)) return summary(`rule.${index}.value`, { ...measured, windowMs: windowNs / 1e6 })
    if (stat === 'last') return lastValue(`rule.${index}.value`, measured)
    if (COUNTED.has(stat)) return counter(`rule.${index}.value`, { ...own, event })
    throw fail("'stat' must be one of p50 … p999, mean, max, min, rate, ratio, count, last, absent")
  }
  if ((stat === 'ratio') !== (over !== undefined)) throw fail("'over' is the whole of a ratio, and of nothing else")
  try {
    const whole = over === undefined ? undefined : counter(`rule.${index}.over`, { tags: by, event: over })
    return { type: 'metric', store: 'own', metric: make(), over: whole, stat, windowNs }
  } catch (error) {
    if (error instanceof TelemetryError && error.code === 'invalid_metric') throw fail(error.message)
    throw error
  }
}

function eventSource(rule: EventRule, fail: Fail): EventSource {
  const { measurement, keep } = rule
  const patterns = patternsOf(rule)
  if (patterns.length === 0 || !patterns.every((pattern) => typeof pattern === 'string'))
    throw fail("'event' must be a name, a pattern, or a list of them")
  if (keep !== undefined && typeof keep !== 'function') throw fail("'keep' must be a function")
  if (rule.over !== undefined) throw fail("'over' is the whole of a ratio, and of nothing else")
  return { type: 'event', patterns, measurement, keep, windowNs: windowOf(rule, fail) }
}

/** None for what is no list. */
function patternsOf({ event }: EventRule): readonly string[] {
  if (typeof event === 'string') return [event]
  return Array.isArray(event) ? event : []
}

function windowOf({ windowMs = 60_000 }: { readonly windowMs?: number }, fail: Fail): number {
  if (!(typeof windowMs === 'number' && windowMs >= 1 && windowMs <= 86_400_000))
    throw fail("'windowMs' must be from 1 to 86,400,000")
  return windowMs * 1e6
}

/** What the catalog says; other events keep to its rules: times are nanoseconds, sizes bytes, shares from 0 to 1. */
function measurementUnit(patterns: readonly string[], key: string): string {
  for (const pattern of patterns) {
    const known = catalog.lookup(pattern)?.measurements.find((measurement) => measurement.key === key)
    if (known !== undefined) return known.unit
  }
  if (/^(?:.*_)?(?:duration|time|lifetime)$/.test(key)) return 'nanosecond'
  if (/^(?:.*_)?(?:utilization|rate|ratio)$/.test(key)) return 'ratio'
  return /^(?:.*_)?(?:size|bytes)$/.test(key) ? 'byte' : 'unit'
}
