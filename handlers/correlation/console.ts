import { format } from 'node:util'
import { type Clock, type SafeValue, systemClock, toSafe } from 'sonde'
import { logFields } from './logs.ts'

/** The methods of a console that write records. */
export type LogConsole = Pick<Console, 'debug' | 'log' | 'info' | 'warn' | 'error'>

type Method = keyof LogConsole

const LEVELS: Readonly<Record<Method, string>> = {
  debug: 'debug',
  log: 'info',
  info: 'info',
  warn: 'warn',
  error: 'error',
}

/** What ends a line somewhere, moves a cursor, or turns text around, beside what JSON escapes by itself. */
const COMMANDING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * A console that writes one line of JSON per record, with the ids of the context it was written in:
 * `{"time":"2026-01-02T03:04:05.678Z","level":"warn","message":"slow","correlation_id":"…","trace_id":"…","took":12}`.
 *
 * Texts and numbers make the message, with `%s` and the like as in `console`. An error is the field `error`; the keys of objects become
 * fields, with a `_` behind where the record has that key already; lists and others are in `values`. Values are bounded and redacted by
 * `toSafe`, and nothing in them can begin a new line or command a terminal (CWE-117). Never throws unless `target` does.
 *
 * A line goes to the method of the same name that `target` has at the time of this call, so that
 * `Object.assign(console, correlatedConsole())` makes all of a program write such lines.
 */
export function correlatedConsole(
  target: LogConsole = console,
  { clock = systemClock }: { clock?: Clock } = {},
): LogConsole {
  const writer = (method: Method) => {
    const write = target[method].bind(target)
    return (...args: unknown[]) => write(line(clock.wallTime(), LEVELS[method], args))
  }
  return {
    debug: writer('debug'),
    log: writer('log'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
  }
}

function line(time: number, level: string, args: readonly unknown[]): string {
  const message = toSafe(format(...args.filter((arg) => !isObject(arg))))
  const record: Record<string, SafeValue> = { time: new Date(time).toISOString(), level, message, ...logFields() }
  addFields(record, args.filter(isObject))
  return JSON.stringify(record).replace(COMMANDING, byNumber)
}

/** All objects are copied by one call: it is the record that is bounded, not each of them. */
function addFields(record: Record<string, SafeValue>, objects: readonly object[]): void {
  const copies = toSafe(objects, { depth: 7 })
  const values: SafeValue[] = []
  for (const [i, copy] of (isList(copies) ? copies : [copies]).entries()) {
    if (typeof copy !== 'object' || copy === null || isList(copy)) values.push(copy)
    else if (isError(objects[i])) put(record, 'error', copy)
    else for (const [key, value] of Object.entries(copy)) put(record, key, value)
  }
  if (values.length > 0) put(record, 'values', values)
}

function put(record: Record<string, SafeValue>, key: string, value: SafeValue): void {
  let free = key
  while (Object.hasOwn(record, free)) free += '_'
  record[free] = value
}

/** As JSON writes a character by its number. */
function byNumber(characters: string): string {
  return characters.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function isList(value: SafeValue): value is readonly SafeValue[] {
  return Array.isArray(value)
}

/** A prototype may be a proxy that throws. */
function isError(value: unknown): boolean {
  try {
    return value instanceof Error
  } catch {
    return false
  }
}
