import { formatValue } from 'sonde/catalog'
import { formatTime, formatWord, oneLine } from './one-line.ts'
import { createPaint } from './paint.ts'

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

/**
 * One line without its end: `12:34:56.789Z shop.order.stop duration=12.3 ms  id=7 outcome=ok`.
 *
 * Nothing in it can begin a new line or move the cursor (CWE-117): such characters are written as `\u001b`.
 */
export function formatLine({ time, event, measurements, metadata }: Line, { color, unitOf }: LineStyle): string {
  const paint = createPaint(color)
  const numbers = Object.entries(measurements)
    .filter(([key]) => !leftOut.has(key))
    .map(([key, value]) => `${oneLine(key)}=${formatMeasurement(value, unitOf(key))}`)
  const words = idsLast(Object.entries(metadata)).map(([key, value]) => `${oneLine(key)}=${formatWord(value)}`)
  const name = paint(/\.(?:exception|failure|failed)$/.test(event) ? 'red' : 'bold', oneLine(event))
  const head = `${paint('dim', formatTime(time))} ${name}`
  return [head, numbers.join(' '), paint('dim', words.join(' '))].filter((part) => part !== '').join('  ')
}

function idsLast(entries: readonly [string, unknown][]): readonly [string, unknown][] {
  return entries.toSorted(([one], [other]) => ids.indexOf(one) - ids.indexOf(other))
}

function formatMeasurement(value: unknown, unit: string | undefined): string {
  return typeof value === 'number' && unit !== undefined && UNITS.has(unit)
    ? formatValue(value, unit)
    : formatWord(value)
}
