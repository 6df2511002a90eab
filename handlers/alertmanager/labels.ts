import type { Alert } from 'sonde/notify'

/** The labels of one alert: what Alertmanager tells alerts apart by. Never empty, and no value is. */
export type Labels = { readonly [name: string]: string }

/** Names that mean something else: to us, or to Prometheus (`__…`). */
const reserved = /^(?:__.*|alertname|severity|kind)$/

/**
 * `alertname`, `severity`, `kind` and the tags, with `extra` under them, as Prometheus puts its external labels under an alert's.
 *
 * Names of tags become `[a-zA-Z_][a-zA-Z0-9_]*`, reserved ones get the prefix `exported_`, and those that become the same are told apart by
 * `_2`, the same way whatever their order: the set is the identity of the alert. Empty values are left out: to Alertmanager they mean that
 * there is no such label, and no other would be the same alert.
 */
export function labelsFor({ rule, kind, severity, tags }: Alert, extra: Labels = {}): Labels {
  const labels: Record<string, string> = { ...extra }
  const taken = new Set<string>()
  for (const key of Object.keys(tags).toSorted(byMerit)) {
    const name = freeName(legalName(key), taken)
    taken.add(name)
    if (tags[key]) labels[name] = tags[key]
  }
  return { ...labels, alertname: rule, severity, kind }
}

/** Whether a label or an annotation may have this name. Names in UTF-8 are understood from Alertmanager 0.27 on only. */
export function isLegalName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)
}

/** Those first that keep their name. */
function byMerit(one: string, other: string): number {
  const kept = Number(legalName(other) === other) - Number(legalName(one) === one)
  if (kept !== 0) return kept
  return one < other ? -1 : 1
}

function legalName(key: string): string {
  const cleaned = key.replace(/[^a-zA-Z0-9_]/g, '_')
  const named = isLegalName(cleaned) ? cleaned : `_${cleaned}`
  return reserved.test(named) ? `exported_${named}` : named
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  // Not `__2` for the name `_`: two underscores in front are reserved.
  for (let n = 2; taken.has(name); n++) name = wanted === '_' ? `_${n}` : `${wanted}_${n}`
  return name
}
