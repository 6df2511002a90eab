import type { Tags } from 'sonde/metrics'
import { type Alert, labelsOf, type Severity } from 'sonde/notify'
import type { CompiledRule } from './compiled-rule.ts'
import { type Condition, inactive } from './evaluate.ts'
import { fillMessage } from './message.ts'
import { type Telling, untold } from './suppress.ts'

/** One alert: a rule with one combination of its tags. What changes is replaced, not changed. */
export interface Entry {
  readonly id: string
  readonly rule: CompiledRule
  readonly tags: Tags
  condition: Condition
  telling: Telling
  value: number
  threshold: number
  severity: Severity
  /** Wall clock, ms; 0 before the first time. */
  startedAt: number
  endedAt: number
  /** When something was last known of it, monotonic, ns. */
  seenAt: number
  acknowledgedBy: string | undefined
}

/** An alert that has never been. */
export function createEntry(id: string, rule: CompiledRule, tags: Tags, now: number): Entry {
  return {
    id,
    rule,
    tags,
    condition: inactive,
    telling: untold,
    value: 0,
    threshold: rule.limits.limit,
    severity: rule.severity,
    startedAt: 0,
    endedAt: 0,
    seenAt: now,
    acknowledgedBy: undefined,
  }
}

/** Takes over what was measured. The worse it is the worse the severity, if the rule says so. */
export function setValue(entry: Entry, value: number, threshold: number): void {
  const { severity, escalate } = entry.rule
  entry.value = value
  entry.threshold = threshold
  entry.severity = escalate !== undefined && factorOf(entry) >= escalate.factor ? escalate.severity : severity
}

/** The labels that silences, groups and the like go by. */
export function entryLabels({ rule, tags, severity }: Entry): { readonly [label: string]: string } {
  return labelsOf({ rule: rule.name, kind: rule.kind, severity, tags })
}

/** The alert as people are told of it. `telling` is what it was before they are. */
export function toAlert(entry: Entry, telling: Telling, reason: string): Alert {
  const { id, rule, tags, severity, value, threshold, startedAt, endedAt } = entry
  const { name, kind, unit, summary } = rule
  const { occurrences, suppressed, suppressedFirst, suppressedLast } = telling
  const isOver = entry.condition.phase !== 'firing'
  return {
    id,
    rule: name,
    kind,
    severity,
    status: isOver ? 'resolved' : 'firing',
    message: fillMessage(summary, { rule: name, severity, kind, tags, value, threshold, unit }),
    tags,
    value,
    threshold,
    unit,
    occurrences,
    suppressed,
    ...(suppressedFirst !== undefined && { suppressedFirst }),
    ...(suppressedLast !== undefined && { suppressedLast }),
    ...(kind === 'performance_degradation' && { degradationFactor: factorOf(entry) }),
    reason,
    startedAt,
    ...(isOver && { endedAt }),
  }
}

/** How many times as bad as it may be. */
function factorOf({ value, threshold, rule }: Entry): number {
  const factor = rule.limits.direction === 'above' ? value / threshold : threshold / value
  return Number.isFinite(factor) ? factor : 0
}
