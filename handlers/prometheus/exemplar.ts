import type { Exemplar, Tags } from 'sonde/metrics'
import { formatNumber } from './escape.ts'
import { createLabelWriter } from './labels.ts'
import { type BaseUnit, toBase } from './units.ts'

/** OpenMetrics 1.0: names and values of an exemplar's labels have 128 UTF-8 characters together at most. */
const MAX_CHARACTERS = 128

/** What `="` and `"` round a value add: they do not count. */
const PUNCTUATION = 3

/** ` # {trace_id="…"} value seconds`, to stand behind a sample; empty when none of its labels is short enough. */
export function encodeExemplar({ value, tags, time }: Exemplar, unit: BaseUnit): string {
  const labels = encodeLabels(tags)
  if (labels === '') return ''
  return ` # {${labels}} ${formatNumber(toBase(value, unit))} ${formatNumber(time / 1_000)}`
}

/** Tags stand in the order of importance: one for which the others left no room is left out. */
function encodeLabels(tags: Tags): string {
  const writer = createLabelWriter([])
  const labels: string[] = []
  let room = MAX_CHARACTERS
  for (const [key, value] of Object.entries(tags)) {
    const label = writer.write({ [key]: value })
    // An escape is counted as two: shorter than allowed is allowed.
    const length = [...label].length - PUNCTUATION
    if (length > room) continue
    labels.push(label)
    room -= length
  }
  return labels.join(',')
}
