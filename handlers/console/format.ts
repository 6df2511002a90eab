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
  const words = idsLast(Object.entries(metadata)).map(([key, value]) => `${oneLine(key)}=${formatValue(value)}`)
  const name = paint(/\.(?:exception|failure|failed)$/.test(event) ? red : bold, oneLine(event))
  const head = `${paint(dim, formatTime(time))} ${name}`
  return [head, numbers.join(' '), paint(dim, words.join(' '))].filter((part) => part !== '').join('  ')
}

/** A time span in nanoseconds with three significant digits: `850 ns`, `12.3 µs`, `1.5 ms`, `2 s`, `3.4 min`, `26 h`. */
export function formatDuration(nanoseconds: number): string {
  const size = Math.abs(nanoseconds)
  if (size < 1e3) return `${significant(nanoseconds)} ns`
  if (size < 999.5e3) return `${significant(nanoseconds / 1e3)} µs`
  if (size < 999.5e6) return `${significant(nanoseconds / 1e6)} ms`
  if (size < 59.95e9) return `${significant(nanoseconds / 1e9)} s`
  return size < 3_594e9 ? `${significant(nanoseconds / 60e9)} min` : `${significant(nanoseconds / 3_600e9)} h`
}

/** A size with three significant digits, decimal: `999 B`, `1.5 kB`, `20 MB`. */
export function formatBytes(bytes: number): string {
  const size = Math.abs(bytes)
  if (size < 999.5) return `${significant(bytes)} B`
  if (size < 999.5e3) return `${significant(bytes / 1e3)} kB`
  return size < 999.5e6 ? `${significant(bytes / 1e6)} MB` : `${significant(bytes / 1e9)} GB`
}

function idsLast(entries: readonly [string, unknown][]): readonly [string, unknown][] {
  return entries.toSorted(([one], [other]) => ids.indexOf(one) - ids.indexOf(other))
}

function formatMeasurement(value: unknown, unit: string | undefined): string {
  if (typeof value === 'number' && unit === 'nanosecond') return formatDuration(value)
  if (typeof value === 'number' && unit === 'millisecond') return formatDuration(value * 1e6)
  if (typeof value === 'number' && unit === 'byte') return formatBytes(value)
  return formatValue(value)
}

/** Words stand as they are; what would be unclear without quotes is JSON. */
function formatValue(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return oneLine(value)
  return oneLine(JSON.stringify(value) ?? '')
}

function formatTime(time: number): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? '--:--:--.---Z' : date.toISOString().slice(-13)
}

function significant(value: number): string {
  return Number(value.toPrecision(3)).toString()
}

function oneLine(text: string): string {
  return text.replace(commanding, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
