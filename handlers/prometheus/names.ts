import type { MetricDefinition } from 'sonde/metrics'
import { type BaseUnit, baseUnit } from './units.ts'

/** What Prometheus calls a metric of ours. */
export type FamilyType = 'counter' | 'gauge' | 'summary' | 'histogram'

/** A metric with the name it has in Prometheus. */
export interface Family {
  readonly definition: MetricDefinition
  readonly type: FamilyType
  /** Of the samples, for a counter with `_total` (unless `exportName` has none). */
  readonly name: string
  readonly unit: BaseUnit
  readonly help: string
}

/**
 * Names every metric, in the order given, so that no two families share a name or a sample name.
 *
 * Two dotted names may become one (`a.b` and `a_b`), and `x_count` may be a metric of its own or part of the histogram
 * `x`. The later one gets `_2`, and its HELP says so; names given by `exportName` are taken first. The result depends on
 * nothing but the definitions, so names are the same in every scrape and in both formats.
 */
export function nameFamilies(definitions: readonly MetricDefinition[]): Family[] {
  const taken = new Set<string>()
  const families = new Map<MetricDefinition, Family>()
  const verbatim = definitions.filter(({ exportName }) => exportName !== undefined)
  const derived = definitions.filter(({ exportName }) => exportName === undefined)
  for (const definition of [...verbatim, ...derived]) families.set(definition, nameFamily(definition, taken))
  return definitions.flatMap((definition) => families.get(definition) ?? [])
}

/**
 * Every name that a family may take in either format: its own, and those of its samples. The name of a counter may be
 * given with `_total` or without.
 */
export function claimedNames(name: string, type: string): string[] {
  const suffixes: { readonly [type: string]: readonly string[] } = {
    counter: ['', '_total'],
    summary: ['', '_count', '_sum'],
    histogram: ['', '_bucket', '_count', '_sum'],
    gaugehistogram: ['', '_bucket', '_gcount', '_gsum'],
    info: ['', '_info'],
  }
  const base = type === 'counter' ? withoutTotal(name) : name
  return (suffixes[type] ?? ['']).map((suffix) => base + suffix)
}

/** The name without `_total`: what OpenMetrics calls a counter. */
export function withoutTotal(name: string): string {
  return name.endsWith('_total') ? name.slice(0, -'_total'.length) : name
}

function nameFamily(definition: MetricDefinition, taken: Set<string>): Family {
  const type = familyType(definition)
  // A counter counts events: the unit of the measurement, which it does not look at, is not its own.
  const unit = baseUnit(definition.type === 'counter' ? '' : definition.unit)
  const wanted = wantedName(definition, type, unit, '')
  let name = wanted
  for (let n = 2; isTaken(name, type, taken); n++) name = wantedName(definition, type, unit, `_${n}`)
  for (const claimed of claimedNames(name, type)) taken.add(claimed)
  const help = definition.description === '' ? definition.name : definition.description
  return { definition, type, name, unit, help: name === wanted ? help : `${help} (${wanted} is another metric)` }
}

function isTaken(name: string, type: FamilyType, taken: ReadonlySet<string>): boolean {
  return claimedNames(name, type).some((claimed) => taken.has(claimed))
}

function familyType({ type, monotonic }: MetricDefinition): FamilyType {
  if (type === 'counter' || (type === 'sum' && monotonic)) return 'counter'
  if (type === 'distribution') return 'histogram'
  return type === 'summary' ? 'summary' : 'gauge'
}

function wantedName(definition: MetricDefinition, type: FamilyType, unit: BaseUnit, distinction: string): string {
  const { exportName } = definition
  if (exportName !== undefined) {
    const base = metricName(exportName)
    return distinction === ''
      ? base
      : withSuffix(withoutTotal(base) + distinction, base.endsWith('_total') ? 'total' : '')
  }
  const base = metricName(type === 'counter' ? withoutTotal(metricName(definition.name)) : definition.name)
  const stem = unit.name !== '' && base.endsWith(`_${unit.name}`) ? base.slice(0, -unit.name.length - 1) : base
  return withSuffix(withSuffix(stem + distinction, unit.name), type === 'counter' ? 'total' : '')
}

/** Letters, digits, `_` and `:`, no digit first (https://prometheus.io/docs/concepts/data_model/). */
function metricName(name: string): string {
  const cleaned = name.replace(/[^a-zA-Z0-9_:]/g, '_')
  return /^[a-zA-Z_:]/.test(cleaned) ? cleaned : `_${cleaned}`
}

function withSuffix(name: string, suffix: string): string {
  return suffix === '' ? name : `${name}_${suffix}`
}
