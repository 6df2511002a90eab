import type { Measurements, Metadata } from 'sonde'
import type { MetricDefinition } from 'sonde/metrics'
import type { Severity } from 'sonde/notify'
import type { Limits } from './evaluate.ts'
import type { Stat } from './rule.ts'
import type { SuppressionPolicy } from './suppress.ts'

/** A rule that has been checked, with its limits in one unit and all defaults filled in. */
export interface CompiledRule {
  readonly name: string
  readonly kind: string
  readonly severity: Severity
  readonly escalate: { readonly factor: number; readonly severity: Severity } | undefined
  readonly summary: string
  readonly by: readonly string[]
  /** Of what is measured and of the limit. */
  readonly unit: string
  readonly limits: Limits
  readonly policy: SuppressionPolicy
  readonly source: RuleSource
}

/** Where a rule takes its readings from. */
export type RuleSource = MetricSource | EventSource | { readonly type: 'watchdog' }

export interface MetricSource {
  readonly type: 'metric'
  /** `own`: a metric made for a rule about events. */
  readonly store: 'given' | 'own'
  readonly metric: MetricDefinition
  readonly over: MetricDefinition | undefined
  readonly stat: Stat
  readonly windowNs: number
}

/** Each event is an occurrence, and the alert is good when none has come for `windowNs`. */
export interface EventSource {
  readonly type: 'event'
  readonly patterns: readonly string[]
  readonly measurement: string | undefined
  readonly keep: ((metadata: Metadata, measurements: Measurements) => boolean) | undefined
  readonly windowNs: number
}
