import { TelemetryError } from 'sonde'
import { compileMatchers, type Matchers } from 'sonde/notify'

/** While an alert that matches `source` fires, people are not told of those that match `target`. */
export interface InhibitRule {
  readonly source: Matchers
  readonly target: Matchers
  /** Labels that both must have alike. Default: none. */
  readonly equal?: readonly string[]
}

type Labels = { readonly [label: string]: string }

/** What fires at the moment, by what it inhibits. */
export interface Inhibition {
  /** To be called with all alerts that fire, before `inhibits` is asked. */
  update(firing: Iterable<{ readonly id: string; readonly labels: Labels }>): void
  /** Whether another alert that fires inhibits this one. */
  inhibits(id: string, labels: Labels): boolean
}

/** Checks the rules. Throws `invalid_option`. As in Alertmanager, an alert that is source and target does not inhibit itself. */
export function createInhibition(rules: readonly InhibitRule[]): Inhibition {
  const compiled = rules.map(({ source, target, equal = [] }) => {
    if (!Array.isArray(equal)) throw new TelemetryError('invalid_option', "alerts: 'equal' must be a list of labels")
    return {
      isSource: compileMatchers("alerts: 'source' of 'inhibit'", source),
      isTarget: compileMatchers("alerts: 'target' of 'inhibit'", target),
      keyOf: (labels: Labels) => JSON.stringify(equal.map((label) => labels[label] ?? '')),
      /** Of the sources that fire; two ids are enough to know of one that is another. */
      sources: new Map<string, string[]>(),
    }
  })
  return {
    update(firing) {
      if (compiled.length === 0) return
      for (const { sources } of compiled) sources.clear()
      for (const { id, labels } of firing) {
        for (const { isSource, keyOf, sources } of compiled) {
          if (!isSource(labels)) continue
          const key = keyOf(labels)
          const ids = sources.get(key)
          if (ids === undefined) sources.set(key, [id])
          else if (ids.length < 2) ids.push(id)
        }
      }
    },
    inhibits: (id, labels) =>
      compiled.some(
        ({ isTarget, keyOf, sources }) =>
          isTarget(labels) && (sources.get(keyOf(labels)) ?? []).some((source) => source !== id),
      ),
  }
}
