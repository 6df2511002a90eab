import type { Measurements, Metadata } from 'sonde'
import { labelValue, type MetricDefinition, type Tags } from 'sonde/metrics'
import type { Dialect, LineType } from './dialect.ts'
import { formatLine } from './encode.ts'
import type { LineName, LineNames } from './line-names.ts'
import { isTime, toTimingUnit } from './milliseconds.ts'
import { formatRate } from './numbers.ts'

/** What one event is for one metric: nothing when `keep` refuses it, a value that cannot be written, or text. */
export type EventLine = 'none' | 'invalid' | { readonly text: string; readonly bytes: number; readonly lines: number }

/** Writes the line of one event. `weight` is how many events it stands for, `rate` the share of events that are sent. */
export type LineWriter = (measurements: Measurements, metadata: Metadata, weight: number, rate: number) => EventLine

/** What the writers of one handler share. */
export interface WriterParts {
  readonly dialect: Dialect
  readonly names: LineNames
  readonly globalTags: Tags
}

/** Ways through the tags of one metric that are remembered; then they begin anew. */
const MAX_WAYS = 10_000

/**
 * Makes the writer of one metric. It may throw what a function of the definition throws.
 *
 * Counters and sums are multiplied with the weight, which is exact; timings carry it in their rate. Gauges have neither.
 */
export function createLineWriter(
  definition: MetricDefinition,
  { dialect, names, globalTags }: WriterParts,
): LineWriter {
  const { type, keep, unit, monotonic } = definition
  const lineType = lineTypeOf(definition, dialect)
  const nameOf = createNaming(definition, names, globalTags)
  const readValue = createReading(definition)
  const isTiming = type === 'summary' || type === 'distribution'
  const isRelative = type === 'lastValue' && dialect.signIsRelative
  const refusesNegative = monotonic || type === 'summary' || (isTiming && (lineType === 'ms' || dialect.signIsRelative))

  return (measurements, metadata, weight, rate) => {
    if (keep !== undefined && !keep(metadata, measurements)) return 'none'
    const read = readValue(measurements, metadata)
    const value = isTiming ? toTimingUnit(read, unit) : type === 'lastValue' ? read : read * weight
    if (!Number.isFinite(value) || (value < 0 && refusesNegative)) return 'invalid'
    const name = nameOf(metadata)
    const share = isTiming ? rate / weight : rate
    const suffix = share < 1 && type !== 'lastValue' ? `|@${formatRate(share)}` : ''
    const text = formatLine(name, value, lineType, suffix)
    if (value >= 0 || !isRelative) return { text, bytes: text.length + name.excess, lines: 1 }
    const both = `${formatLine(name, 0, lineType)}\n${text}`
    return { text: both, bytes: both.length + 2 * name.excess, lines: 2 }
  }
}

function lineTypeOf({ type, unit }: MetricDefinition, dialect: Dialect): LineType {
  if (type === 'summary' || type === 'distribution') return dialect.timingType(type, isTime(unit))
  return type === 'lastValue' ? 'g' : 'c'
}

/** The value in the unit of the definition; NaN for none. */
function createReading({ type, measurement, scale }: MetricDefinition): (m: Measurements, d: Metadata) => number {
  const [multiply, divide] = scale
  if (type === 'counter') return () => 1
  return (measurements, metadata) => {
    const value = typeof measurement === 'string' ? measurements[measurement] : measurement(measurements, metadata)
    if (typeof value !== 'number') return Number.NaN
    return divide === 1 ? value * multiply : value / divide
  }
}

interface Way {
  readonly next: Map<unknown, Way>
  name: LineName | undefined
}

/** Finds the name for metadata: tag values lead through nested Maps, as in the store, without a text of them all. */
function createNaming(definition: MetricDefinition, names: LineNames, globalTags: Tags): (from: Metadata) => LineName {
  const { tags, tagValues } = definition
  const nameOf = (own: Metadata) => names.of(definition, mergeTags(globalTags, own))
  if (typeof tags === 'function') return (metadata) => nameOf(tags(tagValues?.(metadata) ?? metadata))
  const ways = createWays(tags)
  return (metadata) => {
    const source = tagValues === undefined ? metadata : tagValues(metadata)
    const known = ways.find(source)
    if (known !== undefined) return known
    const name = nameOf(Object.fromEntries(tags.map((key) => [key, Object.hasOwn(source, key) ? source[key] : ''])))
    ways.remember(source, name)
    return name
  }
}

/** A tag of the metric's own wins, unless it is empty. */
function mergeTags(globalTags: Tags, own: Metadata): Tags {
  const labels = Object.entries(own).map(([key, value]) => [key, labelValue(value)] as const)
  const set = labels.filter(([key, value]) => value !== '' || !Object.hasOwn(globalTags, key))
  return { ...globalTags, ...Object.fromEntries(set) }
}

interface Way {
  readonly next: Map<unknown, Way>
  name: LineName | undefined
}

function createWays(keys: readonly string[]) {
  let root: Way = { next: new Map(), name: undefined }
  let count = 0

  return {
    find(source: Metadata): LineName | undefined {
      let way: Way | undefined = root
      for (const key of keys) way = way?.next.get(source[key])
      return way?.name
    },
    remember(source: Metadata, name: LineName): void {
      if (!keys.every((key) => isKept(source[key]))) return
      if (count >= MAX_WAYS) {
        root = { next: new Map(), name: undefined }
        count = 0
      }
      let way = root
      for (const key of keys) {
        const next = way.next.get(source[key]) ?? { next: new Map(), name: undefined }
        way.next.set(source[key], next)
        way = next
      }
      way.name = name
      count++
    },
  }
}

/** Objects are not kept alive, and long texts take memory. */
function isKept(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= 256
  return value === undefined || value === null || typeof value === 'boolean' || typeof value === 'number'
}
