import type { Bus, Detach } from 'sonde'
import type { MetricDefinition, MetricStore } from 'sonde/metrics'
import type { CompiledRule } from './compiled-rule.ts'
import type { ActiveRule } from './engine.ts'
import { createIncrements } from './increments.ts'
import { recordOwnMetrics } from './own-metrics.ts'
import { createRead } from './readings.ts'

/** Rules with what they read. */
export interface Readers {
  readonly rules: readonly ActiveRule[]
  /** To be called before a round of readings. */
  begin(): void
  /** Undefined when nothing had to be attached. */
  readonly detach: Detach | undefined
}

/** Opens what all rules read: the metrics of `store`, and one of its own for what rules want to know of events. */
export function openReaders(
  bus: Bus,
  rules: readonly CompiledRule[],
  { id, store, maxAlerts }: { readonly id: string; readonly store: MetricStore; readonly maxAlerts: number },
): Readers {
  const own = recordOwnMetrics(bus, `${id}.own`, rules.flatMap(ownMetrics), maxAlerts)
  const stores = { given: store, own: own.store }
  const increments = {
    given: createIncrements(store, counted(rules, 'given')),
    own: createIncrements(own.store, counted(rules, 'own')),
  }
  const now = bus.clock.monotonicTime()

  function withRead(rule: CompiledRule): ActiveRule {
    const { source } = rule
    if (source.type === 'watchdog') return { rule, read: () => [{ tags: {}, reading: { value: 1, count: 1 } }] }
    if (source.type === 'event') return { rule, read: undefined }
    const parts = { store: stores[source.store], increments: increments[source.store], maxGroups: maxAlerts, now }
    return { rule, read: createRead(rule, source, parts) }
  }

  return {
    rules: rules.map(withRead),
    begin() {
      increments.given.begin()
      increments.own.begin()
    },
    detach: own.detach,
  }
}

function ownMetrics({ source }: CompiledRule): readonly MetricDefinition[] {
  if (source.type !== 'metric' || source.store !== 'own') return []
  return source.over === undefined ? [source.metric] : [source.metric, source.over]
}

/** The metrics whose growth the rules want to know. */
function counted(rules: readonly CompiledRule[], store: 'given' | 'own'): ReadonlySet<string> {
  const sources = rules.flatMap(({ source }) => (source.type === 'metric' && source.store === store ? [source] : []))
  return new Set(sources.flatMap(({ metric, over }) => (over === undefined ? [metric.name] : [metric.name, over.name])))
}
