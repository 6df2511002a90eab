import { escapeHelp } from './escape.ts'
import { type ForeignSample, formatSample } from './foreign-sample.ts'
import type { Format } from './format.ts'
import { withoutTotal } from './names.ts'

/** A family of another registry, under the name and type that it was written with; `unknown` stands for untyped too. */
export interface ForeignFamily {
  readonly name: string
  type: string
  help: string | undefined
  readonly samples: ForeignSample[]
}

/** Types that mean the same in both formats. */
const sharedTypes: ReadonlySet<string> = new Set(['gauge', 'histogram', 'summary'])

/** Writes a family in another format than it was read from, or in the same. */
export function encodeForeignFamily(family: ForeignFamily, from: Format, to: Format): string {
  const body = (samples: readonly ForeignSample[]) => samples.map((sample) => formatSample(sample, from, to)).join('')
  if (from === to) return head(family.name, printedType(family.type, to), family.help, to) + body(family.samples)
  if (to === 'openmetrics') {
    const { name, type } = openMetricsName(family)
    return head(name, type, family.help, to) + body(family.samples)
  }
  return textFamilies(family)
    .map(({ name, type, samples }) => head(name, printedType(type, to), family.help, to) + body(samples))
    .join('')
}

/** A counter that does not end in `_total` is none in OpenMetrics; its series keep their name. */
function openMetricsName({ name, type }: ForeignFamily): { name: string; type: string } {
  if (type === 'counter' && name.endsWith('_total')) return { name: withoutTotal(name), type }
  return { name, type: sharedTypes.has(type) ? type : 'unknown' }
}

/** Text has no `_created`, and no types for info, state sets and gauge histograms: their samples stand alone. */
function textFamilies({ name, type, samples }: ForeignFamily): Omit<ForeignFamily, 'help'>[] {
  if (type === 'counter') {
    const total = `${name}_total`
    return [{ name: total, type, samples: samples.filter((sample) => sample.name === total) }]
  }
  if (sharedTypes.has(type))
    return [{ name, type, samples: samples.filter((sample) => sample.name !== `${name}_created`) }]
  const byName = new Map<string, ForeignSample[]>()
  for (const sample of samples) byName.set(sample.name, [...(byName.get(sample.name) ?? []), sample])
  return [...byName].map(([sampleName, own]) => ({ name: sampleName, type: 'unknown', samples: own }))
}

function printedType(type: string, format: Format): string {
  return type === 'unknown' && format === 'text' ? 'untyped' : type
}

function head(name: string, type: string, help: string | undefined, format: Format): string {
  return `${help === undefined ? '' : `# HELP ${name} ${escapeHelp(help, format)}\n`}# TYPE ${name} ${type}\n`
}
