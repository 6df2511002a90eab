import type { Exemplar } from 'sonde/metrics'
import { formatNumber } from './escape.ts'
import { createLabelWriter } from './labels.ts'
import { type BaseUnit, toBase } from './units.ts'

/** OpenMetrics 1.0: names and values of an exemplar's labels have 128 UTF-8 characters together at most. */
const MAX_CHARACTERS = 128

/** ` # {trace_id="…"} value seconds`, to stand behind a sample; empty when its labels are too long. */
export function encodeExemplar({ value, tags, time }: Exemplar, unit: BaseUnit): string {
  const labels = createLabelWriter([]).write(tags)
  // Quotes and commas are counted too: shorter than allowed is allowed.
  if ([...labels].length > MAX_CHARACTERS) return ''
  return ` # {${labels}} ${formatNumber(toBase(value, unit))} ${formatNumber(time / 1_000)}`
}
