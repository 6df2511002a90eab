import type { Tags } from 'sonde/metrics'
import { escapeLabelValue } from './escape.ts'

/** Distinct tag keys that names are remembered for, per metric: keys made by a function may be without end. */
const MAX_REMEMBERED = 1_000

/** Labels that Prometheus gives a meaning to. */
const reserved = /^(?:__.*|le|quantile)$/

/** Writes the tags of one metric's series as labels, each key always under the same name. */
export interface LabelWriter {
  /** `a="b",c="d"` without braces; empty when there are no tags. */
  write(tags: Tags): string
  /** `name="value"` for a label that is not a tag, under a name that no tag has. */
  extra(name: string, value: string): string
}

/**
 * Makes the label writer of one metric. `keys` are the tag keys known beforehand: they get their names first.
 *
 * Keys become `[a-zA-Z_][a-zA-Z0-9_]*`; two that become the same are told apart by `_2`. Reserved ones (`__…`, `le`,
 * `quantile`) get the prefix `exported_`, as Prometheus itself does with labels that conflict.
 */
export function createLabelWriter(keys: readonly string[]): LabelWriter {
  const names = new Map<string, string>()
  const taken = new Set<string>()

  const nameOf = (key: string): string => {
    const known = names.get(key)
    if (known !== undefined) return known
    const name = freeName(labelName(key), taken)
    names.set(key, name)
    taken.add(name)
    return name
  }

  for (const key of keys) nameOf(key)

  return {
    write(tags) {
      // Between two series only: within one, a name given twice would be a label given twice.
      if (names.size > MAX_REMEMBERED) {
        names.clear()
        taken.clear()
      }
      let text = ''
      for (const key in tags) {
        text += `${text === '' ? '' : ','}${nameOf(key)}="${escapeLabelValue(String(tags[key]))}"`
      }
      return text
    },
    extra: (name, value) => `${freeName(name, taken)}="${escapeLabelValue(value)}"`,
  }
}

function labelName(key: string): string {
  const cleaned = key.replace(/[^a-zA-Z0-9_]/g, '_')
  const named = /^[a-zA-Z_]/.test(cleaned) ? cleaned : `_${cleaned}`
  return reserved.test(named) ? `exported_${named}` : named
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  // Not `__2` for the name `_`: two underscores in front are reserved.
  for (let n = 2; taken.has(name); n++) name = wanted === '_' ? `_${n}` : `${wanted}_${n}`
  return name
}
