import type { Measurements, Metadata } from 'sonde'
import { labelValue, type MetricDefinition, type Tags } from 'sonde/metrics'
import type { Dialect, LineType } from './dialects/dialect.ts'
import type { LineNames } from './line-names.ts'
import { applyScale, isTime, timingScale } from './milliseconds.ts'
import { formatRate, plainDecimal } from './numbers.ts'
import type { Shipper } from './send/shipper.ts'
import { createTagTree } from './tag-tree.ts'

/** Writes the line of one event. `weight` is how many events it stands for, `rate` the share of events that are sent. */
export type LineWriter = (measurements: Measurements, metadata: Metadata, weight: number, rate: number) => void

/** What the writers of one handler share. */
export interface WriterParts {
  readonly dialect: Dialect
  readonly names: LineNames
  readonly globalTags: Tags
  readonly out: Pick<Shipper, 'add' | 'refuse'>
}

/** The fixed text of the lines of one series: what is joined per event is then three pieces. */
interface EventFrame {
  readonly head: string
  /** `|ms` and the end of the line; apart, for the rate stands between them. */
  readonly type: string
  readonly end: string
  readonly tail: string
  readonly excess: number
}

/**
 * Makes the writer of one metric. It may throw what a function of the definition throws.
 *
 * Counters and sums are multiplied with the weight, which is exact; timings carry it in their rate. Gauges have neither.
 */
export function createLineWriter(definition: MetricDefinition, parts: WriterParts): LineWriter {
  const { dialect, out } = parts
  const { type, keep, monotonic } = definition
  const lineType = lineTypeOf(definition, dialect)
  const frameOf = createFraming(definition, lineType, parts)
  const readValue = createReading(definition)
  const isTiming = type === 'summary' || type === 'distribution'
  const isGauge = type === 'lastValue'
  const refusesNegative = monotonic || type === 'summary' || (isTiming && (lineType === 'ms' || dialect.signIsRelative))

  return (measurements, metadata, weight, rate) => {
    if (keep !== undefined && !keep(metadata, measurements)) return
    const read = readValue(measurements, metadata)
    const value = isTiming || isGauge ? read : read * weight
    // x − x is 0 for every finite number and NaN for the others.
    if (value - value !== 0 || (value < 0 && refusesNegative)) return out.refuse(1)
    const { head, type: of, end, tail, excess } = frameOf(metadata)
    const share = isTiming ? rate / weight : rate
    const decimal = plainDecimal(value)
    const text = share < 1 && !isGauge ? `${head}${decimal}${of}|@${formatRate(share)}${end}` : head + decimal + tail
    if (value >= 0 || !isGauge || !dialect.signIsRelative) return out.add(text, text.length + excess, 1)
    // A sign means a change, and a change of 0 by −5 is −5.
    const both = `${head}0${tail}${text}`
    out.add(both, both.length + 2 * excess, 2)
  }
}

function lineTypeOf({ type, unit }: MetricDefinition, dialect: Dialect): LineType {
  if (type === 'summary' || type === 'distribution') return dialect.timingType(type, isTime(unit))
  return type === 'lastValue' ? 'g' : 'c'
}

/** The value in the unit of the definition, timings in milliseconds; NaN for none. */
function createReading(definition: MetricDefinition): (measurements: Measurements, metadata: Metadata) => number {
  const { type, measurement, scale, unit } = definition
  const timing = type === 'summary' || type === 'distribution' ? timingScale(unit) : timingScale('')
  if (type === 'counter') return () => 1
  return (measurements, metadata) => {
    const value = typeof measurement === 'string' ? measurements[measurement] : measurement(measurements, metadata)
    return typeof value === 'number' ? applyScale(applyScale(value, scale), timing) : Number.NaN
  }
}

/** Finds the frame for metadata. */
function createFraming(
  definition: MetricDefinition,
  lineType: LineType,
  { names, globalTags }: WriterParts,
): (metadata: Metadata) => EventFrame {
  const { tags, tagValues } = definition
  const make = (own: Metadata): EventFrame => {
    const { start, end, excess } = names.of(definition, mergeTags(globalTags, own))
    const [type, ended] = [`|${lineType}`, `${end}\n`]
    return { head: `${start}:`, type, end: ended, tail: type + ended, excess }
  }
  if (typeof tags === 'function') return (metadata) => make(tags(tagValues?.(metadata) ?? metadata))

  const known = createTagTree<EventFrame>(tags)
  return (metadata) => {
    const source = tagValues === undefined ? metadata : tagValues(metadata)
    const found = known.find(source)
    if (found !== undefined) return found
    const frame = make(Object.fromEntries(tags.map((key) => [key, Object.hasOwn(source, key) ? source[key] : ''])))
    known.remember(source, frame)
    return frame
  }
}

/** A tag of the metric's own wins, unless it is empty. */
function mergeTags(globalTags: Tags, own: Metadata): Tags {
  const labels = Object.entries(own).map(([key, value]) => [key, labelValue(value)] as const)
  const set = labels.filter(([key, value]) => value !== '' || !Object.hasOwn(globalTags, key))
  return { ...globalTags, ...Object.fromEntries(set) }
}
