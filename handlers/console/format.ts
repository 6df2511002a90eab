import { formatValue } from 'sonde/catalog'

/** One event, made safe: plain data only. */
export interface Line {
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly event: string
  readonly measurements: object
  readonly metadata: object
}

/** How to write a line. */
export interface LineStyle {
  readonly color: boolean
  /** The unit of a measurement: `nanosecond` and `byte` are written for people, others as they are. */
  unitOf(key: string): string | undefined
}

/** What people cannot read as it is. */
const UNITS: ReadonlySet<string> = new Set(['nanosecond', 'millisecond', 'byte'])

/** Told by the line's own time, or of no use to people. */
const leftOut: ReadonlySet<string> = new Set(['monotonic_time', 'system_time'])

/** Written last: they are long, and say nothing by themselves. */
const ids: readonly string[] = ['correlation_id', 'trace_id', 'span_id', 'parent_span_id']

/** Whatever a terminal or a log reader might take for a command, a line end, or an order to write backwards. */
const commanding = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu

const dim = '\x1b[2m'
const red = '\x1b[31m'
const bold = '\x1b[1m'
const plain = '\x1b[0m'

/**
 * One line without its end: `12:34:56.789Z shop.order.stop duration=12.3 ms  id=7 outcome=ok`.
 *
 * Nothing in it can begin a new line or move the cursor (CWE-117): such characters are written as `\u001b`.
 */
export function formatLine({ time, event, measurements, metadata }: Line, { color, unitOf }: LineStyle): string {
  const paint = (style: string, text: string) => (color && text !== '' ? `${style}${text}${plain}` : text)
  const numbers = Object.entries(measurements)
    .filter(([key]) => !leftOut.has(key))
    .map(([key, value]) => `${oneLine(key)}=${formatMeasurement(value, unitOf(key))}`)
  const words = idsLast(Object.entries(metadata)).map(([key, value]) => `${oneLine(key)}=${formatWord(value)}`)
  const name = paint(/\.(?:exception|failure|failed)$/.test(event) ? red : bold, oneLine(event))
  const head = `${paint(dim, formatTime(time))} ${name}`
  return [head, numbers.join(' '), paint(dim, words.join(' '))].filter((part) => part !== '').join('  ')
}

function idsLast(entries: readonly [string, unknown][]): readonly [string, unknown][] {
  return entries.toSorted(([one], [other]) => ids.indexOf(one) - ids.indexOf(other))
}

function formatMeasurement(value: unknown, unit: string | undefined): string {
  return typeof value === 'number' && unit !== undefined && UNITS.has(unit)
    ? formatValue(value, unit)
    : formatWord(value)
}

/** Words stand as they are; what would be unclear without quotes is JSON. */
function formatWord(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return oneLine(value)
  return oneLine(JSON.stringify(value) ?? '')
}

function formatTime(time: number): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? '--:--:--.---Z' : date.toISOString().slice(-13)
}

function oneLine(text: string): string {
  return text.replace(commanding, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
