import type { Bus, Detach, Measurements, Metadata } from 'sonde'
import { labelValue } from 'sonde/metrics'
import type { CompiledRule, EventSource } from './compiled-rule.ts'
import type { Engine } from './engine.ts'
import { isBeyond } from './evaluate.ts'

/** Attaches a rule for which each event is an occurrence. An event on which its `keep` throws is left out. */
export function attachPlainRule(
  bus: Bus,
  id: string,
  {
    rule,
    source,
    engine,
  }: {
    readonly rule: CompiledRule
    readonly source: EventSource
    readonly engine: Engine
  },
): Detach {
  const { measurement, keep, patterns } = source
  return bus.attachMany(id, patterns, (event: string, measurements: Measurements, metadata: Metadata) => {
    // An alert about alerts would be about itself.
    if (event.startsWith('telemetry.alert.')) return
    try {
      if (keep !== undefined && !keep(metadata, measurements)) return
      const value = measurement === undefined ? 1 : Number(measurements[measurement])
      if (!isBeyond(rule.limits, value)) return
      const tags = Object.fromEntries(rule.by.map((tag) => [tag, labelValue(metadata[tag])]))
      engine.occur(rule, tags, { value, threshold: thresholdOf(rule, measurements) })
    } catch (error) {
      engine.fail(rule, error)
    }
  })
}

/** The limit of the rule, or that of whoever has emitted the event. */
function thresholdOf({ limits }: CompiledRule, { threshold }: Measurements): number {
  if (Number.isFinite(limits.limit)) return limits.limit
  return typeof threshold === 'number' ? threshold : 0
}
