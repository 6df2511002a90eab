import { formatNumber } from './escape.ts'
import type { Format } from './format.ts'

/** One sample line of another registry, taken apart. */
export interface ForeignSample {
  readonly name: string
  /** `{…}` as it was written, or empty. */
  readonly labels: string
  readonly value: string
  readonly timestamp: string | undefined
  /** ` # {…} value …` as it was written, or empty. */
  readonly exemplar: string
}

const labelList = String.raw`\{(?:[a-zA-Z_]\w*="(?:[^"\\]|\\.)*"(?:,(?=[a-zA-Z_}]))?)*\}`
const sampleLine = new RegExp(
  String.raw`^([a-zA-Z_:][\w:]*)[ \t]*(${labelList})?[ \t]+(\S+)(?:[ \t]+(-?[\d.]+(?:[eE][+-]?\d+)?))?[ \t]*( # ${labelList} \S+(?: [\d.]+)?)?$`,
)
const number = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?inf(?:inity)?|nan)$/i

const plainNumber = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i

/** Reads a sample line; undefined when it is not one that Prometheus would take. */
export function parseSample(line: string): ForeignSample | undefined {
  const match = sampleLine.exec(line)
  if (match === null) return undefined
  const [, name = '', labels = '', text = '', timestamp, exemplar = ''] = match
  const value = cleanNumber(text)
  return value === undefined ? undefined : { name, labels, value, timestamp, exemplar }
}

/** Writes a sample. Timestamps are milliseconds in text and seconds in OpenMetrics, and only the latter has exemplars. */
export function formatSample(
  { name, labels, value, timestamp, exemplar }: ForeignSample,
  from: Format,
  to: Format,
): string {
  const time = timestamp === undefined ? '' : ` ${convertTime(timestamp, from, to)}`
  return `${name}${labels} ${value}${time}${to === 'openmetrics' ? exemplar : ''}\n`
}

/** Plain finite numbers stay as written, however many digits they have; prom-client's `Nan`, and what is too large for a double, are put right. */
function cleanNumber(text: string): string | undefined {
  if (!number.test(text)) return undefined
  if (/nan/i.test(text)) return 'NaN'
  const value = /inf/i.test(text) ? Number.POSITIVE_INFINITY * (text.startsWith('-') ? -1 : 1) : Number(text)
  return plainNumber.test(text) && Number.isFinite(value) ? text : formatNumber(value)
}

function convertTime(timestamp: string, from: Format, to: Format): string {
  if (from === to) return timestamp
  return to === 'text' ? String(Math.round(Number(timestamp) * 1_000)) : formatNumber(Number(timestamp) / 1_000)
}
