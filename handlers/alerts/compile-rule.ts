import { TelemetryError } from 'sonde'
import type { MetricDefinition } from 'sonde/metrics'
import { severities } from 'sonde/notify'
import { compileSource, type Fail, unitOf } from './compile-source.ts'
import { compileSuppression } from './compile-suppression.ts'
import type { CompiledRule, RuleSource } from './compiled-rule.ts'
import type { Limits } from './evaluate.ts'
import { parseDuration, parseQuantity } from './quantity.ts'
import type { AlertRule, Stat, Suppression } from './rule.ts'
import { show } from './show.ts'

/** So many values a quantile needs to mean something, and a share to be more than chance. */
const MIN_COUNTS: { readonly [S in Stat]?: number } = {
  p99: 100,
  p999: 100,
  p95: 20,
  p90: 20,
  ratio: 20,
  rate: 0,
  count: 0,
  absent: 0,
}

const KINDS: { readonly [S in Stat]?: string } = { ratio: 'error_rate', absent: 'absent' }

export interface CompileOptions {
  /** Those of the store, which a rule may name. */
  readonly metrics: readonly MetricDefinition[]
  /** Of rules that do not say otherwise. */
  readonly suppression: Suppression
  /** Which of the rules it is. */
  readonly index: number
}

/**
 * Checks a rule and fills in what it leaves out. Throws `invalid_rule`, which names the rule and the way out.
 */
export function compileRule(rule: AlertRule, { metrics, suppression, index }: CompileOptions): CompiledRule {
  const fail = failure(rule)
  const { name, severity = 'medium', escalate } = rule
  if (typeof name !== 'string' || name === '') throw fail("needs a 'name'")
  if (!severities.includes(severity)) throw fail(`'severity' must be one of ${severities.join(', ')}`)
  if (escalate !== undefined && !isEscalation(escalate)) throw fail("'escalate' must be { factor above 0, severity }")
  const source = compileSource(rule, { metrics, index }, fail)
  const unit = unitOf(source)
  const by = byOf(rule, fail)
  return {
    name,
    kind: rule.kind ?? (source.type === 'metric' ? KINDS[source.stat] : undefined) ?? 'threshold',
    severity,
    escalate,
    summary: summaryOf(rule, source, fail),
    by,
    unit,
    limits: limitsOf(rule, source, unit, fail),
    policy: compileSuppression({ ...suppression, ...rule.suppression }, fail),
    source,
  }
}

function isEscalation(escalate: unknown): boolean {
  if (typeof escalate !== 'object' || escalate === null) return false
  const { factor, severity }: { factor?: unknown; severity?: unknown } = escalate
  return typeof factor === 'number' && factor > 0 && severities.some((one) => one === severity)
}

function failure(rule: unknown): Fail {
  const name: unknown = typeof rule === 'object' && rule !== null && 'name' in rule ? rule.name : rule
  return (problem) => new TelemetryError('invalid_rule', `alerts: rule ${show(name)} ${problem}`)
}

function summaryOf({ summary, above, below }: AlertRule, source: RuleSource, fail: Fail): string {
  if (summary !== undefined && typeof summary !== 'string') throw fail("'summary' must be a string")
  // Where there is no limit to compare with, the name says it all.
  const hasLimit = above !== undefined || below !== undefined || source.type === 'metric'
  return summary ?? (hasLimit ? '{rule}: {value}, limit {threshold}' : '{rule}')
}

function byOf(rule: AlertRule, fail: Fail): readonly string[] {
  const by: unknown = rule.by
  if (by === undefined) return []
  if (!Array.isArray(by) || !by.every((tag) => typeof tag === 'string' && tag !== ''))
    throw fail("'by' must be a list of tags")
  return by
}

function limitsOf(rule: AlertRule, source: RuleSource, unit: string, fail: Fail): Limits {
  const times = { forNs: durationOf(rule, 'for', fail), keepFiringNs: durationOf(rule, 'keepFiringFor', fail) }
  const isGiven = rule.above !== undefined || rule.below !== undefined
  const fixed = fixedLimit(source)
  if (!isGiven && fixed !== undefined)
    return { ...times, direction: 'above', limit: fixed, resolveAt: fixed, minCount: 0 }
  if (fixed !== undefined && source.type !== 'event') throw fail("takes no 'above' and no 'below'")
  if (!isGiven || (rule.above !== undefined && rule.below !== undefined)) throw fail("needs one of 'above' and 'below'")
  const direction = rule.above === undefined ? 'below' : 'above'
  const quantity = (option: string, value: unknown): number => {
    const parsed = parseQuantity(value, unit)
    if (parsed === undefined) throw fail(`'${option}' is ${show(value)}, which is no quantity in ${unit}`)
    return parsed
  }
  const limit = quantity(direction, rule[direction])
  const resolveAt = rule.resolveAt === undefined ? limit : quantity('resolveAt', rule.resolveAt)
  if (direction === 'above' ? resolveAt > limit : resolveAt < limit)
    throw fail(`'resolveAt' must be on the good side of '${direction}'`)
  return { ...times, direction, limit, resolveAt, minCount: minCountOf(rule, source, fail) }
}

/** A plain event, a watchdog and an absence need no limit: something is there, or it is not. */
function fixedLimit(source: RuleSource): number | undefined {
  if (source.type === 'watchdog') return 0
  if (source.type === 'event') return Number.NEGATIVE_INFINITY
  return source.stat === 'absent' ? source.windowNs : undefined
}

function minCountOf(rule: AlertRule, source: RuleSource, fail: Fail): number {
  const { minCount = source.type === 'metric' ? (MIN_COUNTS[source.stat] ?? 1) : 0 } = rule
  if (!(Number.isInteger(minCount) && minCount >= 0)) throw fail("'minCount' must be a whole number from 0 on")
  return minCount
}

function durationOf(rule: AlertRule, option: 'for' | 'keepFiringFor', fail: Fail): number {
  const parsed = parseDuration(rule[option] ?? 0)
  if (parsed === undefined) throw fail(`'${option}' must be milliseconds or a time such as '5m'`)
  return parsed
}
