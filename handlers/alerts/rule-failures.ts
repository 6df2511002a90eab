import type { Bus } from 'sonde'
import type { CompiledRule } from './compiled-rule.ts'

/** A rule that fails is told of once in this time, in nanoseconds. */
const INTERVAL_NS = 60e9

/** Makes what tells that a rule could not be evaluated: `telemetry.alert.rule_failed`, with how often since it was told of last. */
export function createRuleFailures(bus: Bus): (rule: CompiledRule, reason: unknown) => void {
  const failures = new Map<CompiledRule, { count: number; toldAt: number }>()
  return (rule, reason) => {
    const now = bus.clock.monotonicTime()
    const failure = failures.get(rule) ?? { count: 0, toldAt: Number.NEGATIVE_INFINITY }
    failures.set(rule, failure)
    failure.count++
    if (now - failure.toldAt < INTERVAL_NS) return
    bus.execute('telemetry.alert.rule_failed', { failures: failure.count }, { rule: rule.name, reason })
    failure.count = 0
    failure.toldAt = now
  }
}
