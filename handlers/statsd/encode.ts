import {
  type DataPoint,
  type DistributionValue,
  isDistribution,
  isSummary,
  type MetricDefinition,
  type SummaryValue,
} from 'sonde/metrics'
import type { Dialect, LineType } from './dialects/dialect.ts'
import type { LineName, LineNames } from './line-names.ts'
import { applyScale, isTime, timingScale } from './milliseconds.ts'
import { formatRate, plainDecimal } from './numbers.ts'
import { evenTimings, weightedTimings } from './timings.ts'

/** One line with its end, or two that must stay in one packet. */
export interface Line {
  readonly text: string
  readonly lines: 1 | 2
}

/** What readings became. */
export interface Encoded {
  readonly lines: readonly Line[]
  /** Values that no line can be made of. */
  readonly invalid: number
}

/** Writes readings as lines. */
export interface Encoder {
  /** What a `DeltaReader` has read of a metric at `now`, in nanoseconds. Gauges that have not changed wait until they are due again. */
  encode(definition: MetricDefinition, points: readonly DataPoint[], now: number): Encoded
  /** The gauges of a summary alone: its window rolls on although nothing is added. */
  encodeWindow(definition: MetricDefinition, point: DataPoint, now: number): Encoded
}

/** Of a summary's window, sent as gauges. */
const WINDOW_GAUGES = ['min', 'max', 'mean', 'p50', 'p90', 'p95', 'p99', 'p999'] as const

/**
 * Makes the encoder of a dialect. Gauges that do not change are sent again every `resendMs`.
 *
 * Counters and sums are `c`, lastValue is `g`. A summary is gauges of its rolling window (`name.p99` …) with `name.count` and
 * `name.sum` as `c`: a window cannot be replayed as timings. A distribution is timings made from its buckets, and the same two
 * counters, which are exact. Times are in milliseconds, except those of sums and lastValue, which keep the definition's unit.
 */
export function createEncoder(dialect: Dialect, names: LineNames, resendMs: number): Encoder {
  let lines: Line[] = []
  let invalid = 0

  const add = (name: LineName, value: number, type: LineType, rate = '') => {
    const negative = value < 0
    if (!Number.isFinite(value) || (negative && !takesNegative(type))) {
      invalid++
      return
    }
    const text = formatLine(name, value, type, rate)
    // A sign means a change, and a change of 0 by −5 is −5. Between two packets another sender's value might come.
    if (negative && type === 'g' && dialect.signIsRelative)
      lines.push({ text: formatLine(name, 0, 'g') + text, lines: 2 })
    else lines.push({ text, lines: 1 })
  }

  const takesNegative = (type: LineType) => type === 'c' || type === 'g' || (type !== 'ms' && !dialect.signIsRelative)

  const addCount = (name: LineName, delta: number) => {
    const total = delta + name.rest
    const value = dialect.countsWhole ? Math.trunc(total) : total
    name.rest = Number.isFinite(total) ? total - value : 0
    if (value !== 0) add(name, value, 'c')
  }

  const addGauge = (name: LineName, value: number, now: number) => {
    if (name.sent === value && now - name.sentAt < resendMs * 1e6) return
    name.sent = value
    name.sentAt = now
    add(name, value, 'g')
  }

  const addWindow = (definition: MetricDefinition, { tags }: DataPoint, value: SummaryValue, now: number) => {
    for (const key of WINDOW_GAUGES) {
      const reading = value[key]
      if (reading === undefined) continue
      addGauge(names.of(definition, tags, key), applyScale(reading, timingScale(definition.unit)), now)
    }
  }

  const addTotals = (definition: MetricDefinition, { tags }: DataPoint, count: number, sum: number) => {
    addCount(names.of(definition, tags, 'count'), count)
    addCount(names.of(definition, tags, 'sum'), applyScale(sum, timingScale(definition.unit)))
  }

  const addTimings = (definition: MetricDefinition, { tags }: DataPoint, value: DistributionValue) => {
    const { unit } = definition
    const name = names.of(definition, tags)
    const type = dialect.timingType('distribution', isTime(unit))
    const timings = dialect.weighsTimings ? weightedTimings(value) : evenTimings(value)
    for (const { value: middle, weight } of timings) {
      const rate = dialect.weighsTimings && weight > 1 ? `|@${formatRate(1 / weight)}` : ''
      add(name, applyScale(middle, timingScale(unit)), type, rate)
    }
  }

  const addPoint = (definition: MetricDefinition, point: DataPoint, now: number) => {
    const { value, tags } = point
    if (isSummary(value)) {
      addWindow(definition, point, value, now)
      addTotals(definition, point, value.lifetimeCount, value.lifetimeSum)
    } else if (isDistribution(value)) {
      addTimings(definition, point, value)
      addTotals(definition, point, value.count, value.sum)
    } else if (definition.type === 'lastValue') addGauge(names.of(definition, tags), value, now)
    else addCount(names.of(definition, tags), value)
  }

  const take = (): Encoded => {
    const encoded = { lines, invalid }
    lines = []
    invalid = 0
    return encoded
  }

  return {
    encode(definition, points, now) {
      for (const point of points) addPoint(definition, point, now)
      return take()
    },
    encodeWindow(definition, point, now) {
      if (isSummary(point.value)) addWindow(definition, point, point.value, now)
      return take()
    },
  }
}

/** `start:value|type|@rate end` and a line feed. `rate` is empty or comes with its `|@`. */
export function formatLine({ start, end }: LineName, value: number, type: LineType, rate = ''): string {
  return `${start}:${plainDecimal(value)}|${type}${rate}${end}\n`
}
