import {
  type DataPoint,
  type DistributionValue,
  isDistribution,
  isSummary,
  type MetricStore,
  type SummaryValue,
  type Tags,
} from 'sonde/metrics'
import { type BucketLabels, bucketLabels } from './buckets.ts'
import { escapeHelp, formatNumber } from './escape.ts'
import { encodeExemplar } from './exemplar.ts'
import type { Format } from './format.ts'
import { createLabelWriter, type LabelWriter } from './labels.ts'
import { type Family, nameFamilies, withoutTotal } from './names.ts'
import { toBase } from './units.ts'

/** What is read of a store. */
export type MetricSource = Pick<MetricStore, 'definitions' | 'globalTags' | 'points'>

/** Writes a store as text, slice by slice. */
export interface Encoder {
  readonly families: readonly Family[]
  /**
   * The exposition in pieces of about 64 KiB, whole lines each, without OpenMetrics' `# EOF`. Between two pieces the
   * caller may do something else: series recorded meanwhile are read with their newer value.
   */
  encode(format: Format): IterableIterator<string>
}

/** Written in less than a millisecond. Compression takes a turn of the event loop for each, so they are not smaller either. */
const PIECE_LENGTH = 64 * 1024

/** The window's quantiles and the keys they are read from. */
const quantiles = [
  ['0.5', 'p50'],
  ['0.9', 'p90'],
  ['0.95', 'p95'],
  ['0.99', 'p99'],
  ['0.999', 'p999'],
] as const

/** Makes the encoder of a store. It keeps names and labels, so that they are the same in every scrape. */
export function createEncoder(source: MetricSource): Encoder {
  const families = nameFamilies(source.definitions)
  const writers = new Map(families.map((family) => [family, labelWriter(family, source)]))

  function* encode(format: Format): IterableIterator<string> {
    let piece = ''
    for (const [family, labels] of writers) {
      for (const lines of encodeFamily(family, source.points(family.definition.name), labels, format)) {
        piece += lines
        if (piece.length < PIECE_LENGTH) continue
        yield piece
        piece = ''
      }
    }
    if (piece !== '') yield piece
  }

  return { families, encode }
}

/** The lines of a family, series by series; the head stands before the first, and a family without series has none. */
function* encodeFamily(
  family: Family,
  points: Iterable<DataPoint>,
  labels: LabelWriter,
  format: Format,
): IterableIterator<string> {
  // Only where two may look the same: to remember every series takes longer than to write it.
  const seen = new Set<string>()
  const hasEndlessKeys = typeof family.definition.tags === 'function'
  const buckets = bucketLabels(family.unit, format)
  let head = encodeHead(family, format)
  for (const point of points) {
    const text = labels.write(hasEndlessKeys ? withoutEmpty(point.tags) : point.tags)
    const distinct = hasEndlessKeys || text.includes('\ufffd') ? unique(text, seen, labels) : text
    yield head + encodePoint(family, point, distinct, buckets, format)
    head = ''
  }
}

/** To Prometheus an empty label is none, so a series with one and a series without are the same there. */
function withoutEmpty(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== ''))
}

/** Tags that differ only in what cannot be printed look the same; none may be lost, no series may stand twice. */
function unique(text: string, seen: Set<string>, labels: LabelWriter): string {
  let distinct = text
  for (let n = 2; seen.has(distinct); n++) distinct = joinLabels(text, labels.extra('collision', String(n)))
  seen.add(distinct)
  return distinct
}

function encodeHead({ name, type, unit, help }: Family, format: Format): string {
  const openmetrics = format === 'openmetrics'
  // A counter whose `exportName` lacks `_total` keeps its name in both formats: it has no type in OpenMetrics.
  const untyped = openmetrics && type === 'counter' && !name.endsWith('_total')
  const familyName = openmetrics && type === 'counter' ? withoutTotal(name) : name
  const hasUnit = openmetrics && unit.name !== '' && familyName.endsWith(`_${unit.name}`)
  return (
    `# HELP ${familyName} ${escapeHelp(help, format)}\n` +
    `# TYPE ${familyName} ${untyped ? 'unknown' : type}\n` +
    (hasUnit ? `# UNIT ${familyName} ${unit.name}\n` : '')
  )
}

function encodePoint(family: Family, point: DataPoint, labels: string, buckets: BucketLabels, format: Format): string {
  const { value } = point
  if (isDistribution(value)) return encodeHistogram(family, { ...point, value }, labels, buckets, format)
  if (isSummary(value)) return encodeSummary(family, value, labels)
  return `${family.name}${braces(labels)} ${formatNumber(toBase(value, family.unit))}\n`
}

/** Quantiles are of the rolling window and missing when it is empty; count and sum are of the whole life and never fall. */
function encodeSummary({ name, unit }: Family, value: SummaryValue, labels: string): string {
  let lines = ''
  for (const [quantile, key] of quantiles) {
    const reading = value[key]
    if (reading === undefined) continue
    lines += `${name}{${joinLabels(labels, `quantile="${quantile}"`)}} ${formatNumber(toBase(reading, unit))}\n`
  }
  const tail = braces(labels)
  return `${lines}${name}_sum${tail} ${formatNumber(toBase(value.lifetimeSum, unit))}\n${name}_count${tail} ${value.lifetimeCount}\n`
}

/** Bounds are inclusive, for exemplars too. */
function encodeHistogram(
  { name, unit }: Family,
  { value, exemplar }: DataPoint<DistributionValue>,
  labels: string,
  buckets: BucketLabels,
  format: Format,
): string {
  const { bounds, counts, sum } = value
  const le = buckets(bounds)
  const start = `${name}_bucket{${labels === '' ? '' : `${labels},`}`
  let shown = format === 'openmetrics' ? exemplar : undefined
  let lines = ''
  let cumulative = 0
  for (let i = 0; i <= bounds.length; i++) {
    cumulative += counts[i] ?? 0
    // Tiny bounds may become one in the base unit: the last of them says it all.
    if (le[i] === le[i + 1]) continue
    lines += `${start}${le[i]} ${cumulative}`
    if (shown !== undefined && shown.value <= (bounds[i] ?? Number.POSITIVE_INFINITY)) {
      lines += encodeExemplar(shown, unit)
      shown = undefined
    }
    lines += '\n'
  }
  const tail = braces(labels)
  return `${lines}${name}_sum${tail} ${formatNumber(toBase(sum, unit))}\n${name}_count${tail} ${cumulative}\n`
}

/** Knows the keys that the store can put on a series of this metric; what a function of the definition adds it cannot. */
function labelWriter({ definition }: Family, { globalTags }: MetricSource): LabelWriter {
  const { tags } = definition
  const own = typeof tags === 'function' ? [] : tags
  return createLabelWriter([...Object.keys(globalTags), ...own, 'overflow'])
}

function joinLabels(labels: string, label: string): string {
  return labels === '' ? label : `${labels},${label}`
}

function braces(labels: string): string {
  return labels === '' ? '' : `{${labels}}`
}
