import { type Entry, type Reading, readObject } from './read-object.ts'
import { isSecretKey, REDACTED } from './redact.ts'
import { jsonBytes, safeText } from './safe-text.ts'

/** Plain data that JSON can write. */
export type SafeValue = null | boolean | number | string | readonly SafeValue[] | SafeRecord

export interface SafeRecord {
  readonly [key: string]: SafeValue
}

/** How much of a value may leave the process. What is beyond a limit is left out, and a mark says so. */
export interface SafeLimits {
  /** Objects within objects; default 6. */
  readonly depth?: number
  /** Keys of one object; default 64. */
  readonly keys?: number
  /** Items of one list; default 100. */
  readonly items?: number
  /** UTF-8 bytes of one string; default 4,096. */
  readonly stringBytes?: number
  /** Bytes of the whole as JSON in UTF-8; default 32,768. */
  readonly totalBytes?: number
}

const KEY_BYTES = 256
/** More than the two brackets take: it bounds the time that ten thousand empty objects cost. */
const OBJECT_BYTES = 10
const TRUNCATED = '[truncated]'
const TRUNCATED_BYTES = TRUNCATED.length + 2
const MORE = '…'

/** They would change the prototype of whatever the result is copied into. */
const PROTOTYPE_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/** How a list of headers and the like names the value beside it. */
const KEY_LIKE = /^[\w.-]{1,64}$/
const NAMING_KEYS = ['name', 'key', 'header', 'field']

interface Walk {
  readonly limits: Required<SafeLimits>
  readonly ancestors: Set<object>
  /** Bytes of JSON left. Counted the same for a value and for its result, so that a second pass changes nothing. */
  left: number
  full: boolean
}

/**
 * Any value as plain data that may leave the process: bounded, well-formed, without known secrets.
 *
 * Never throws and never runs code of the value: it reads own descriptors only, so getters appear as `'[Getter]'` and proxies, where the
 * runtime can tell them, as `'[Proxy]'`. Errors keep name, message, stack and cause; dates are ISO strings; a `Map` is an object and a `Set` a
 * list; bigints are decimal strings and numbers that JSON lacks are `'NaN'` and `'Infinity'`. Applied to its own result it
 * changes nothing. The result is a copy, so it also fixes the value at the time of the call.
 */
export function toSafe(value: unknown, limits: SafeLimits = {}): SafeValue {
  const full = resolveLimits(limits)
  const walk: Walk = { limits: full, ancestors: new Set(), left: full.totalBytes - TRUNCATED_BYTES, full: false }
  try {
    return write(value, walk) ?? null
  } catch {
    return '[Unreadable]'
  }
}

/** Limits too small to hold the marks are raised, so that nothing has to throw. */
function resolveLimits(limits: SafeLimits): Required<SafeLimits> {
  const atLeast = (least: number, given: number | undefined, fallback: number) =>
    given === undefined || Number.isNaN(given) ? fallback : Math.max(least, Math.floor(given))
  return {
    depth: atLeast(1, limits.depth, 6),
    keys: atLeast(1, limits.keys, 64),
    items: atLeast(1, limits.items, 100),
    stringBytes: atLeast(16, limits.stringBytes, 4_096),
    totalBytes: atLeast(64, limits.totalBytes, 32_768),
  }
}

/** Undefined for what JSON leaves out. */
function write(value: unknown, walk: Walk): SafeValue | undefined {
  switch (typeof value) {
    case 'undefined':
      return undefined
    case 'string':
      return text(value, walk)
    case 'number':
      return Number.isFinite(value)
        ? charge(value === 0 ? 0 : value, String(value).length, walk)
        : text(String(value), walk)
    case 'boolean':
      return charge(value, 5, walk)
    case 'bigint':
      // Writing out a million digits takes quadratic time.
      return text(BigInt.asIntN(256, value) === value ? String(value) : '[BigInt]', walk)
    case 'symbol':
      return text(String(value), walk)
    case 'function':
      return writeObject(value, walk)
    case 'object':
      return value === null ? charge(null, 4, walk) : writeObject(value, walk)
  }
}

function text(value: string, walk: Walk): SafeValue {
  const safe = safeText(value, walk.limits.stringBytes)
  return charge(safe, jsonBytes(safe), walk)
}

/** `value`, or the mark that the total is used up. */
function charge(value: SafeValue, bytes: number, walk: Walk): SafeValue {
  if (take(bytes, walk)) return value
  return TRUNCATED
}

function take(bytes: number, walk: Walk): boolean {
  if (bytes > walk.left) walk.full = true
  else walk.left -= bytes
  return !walk.full
}

function writeObject(value: object, walk: Walk): SafeValue {
  if (walk.ancestors.has(value)) return text('[Circular]', walk)
  const reading = read(value, walk)
  if (reading.kind === 'text') return text(reading.text, walk)
  if (walk.ancestors.size >= walk.limits.depth) return text(reading.kind === 'list' ? '[Array]' : '[Object]', walk)
  if (!take(OBJECT_BYTES, walk)) return TRUNCATED
  walk.ancestors.add(value)
  const written = reading.kind === 'list' ? writeList(reading, walk) : writeRecord(reading, walk)
  walk.ancestors.delete(value)
  return written
}

function read(value: object, walk: Walk): Reading {
  try {
    return readObject(value, walk.limits)
  } catch {
    return { kind: 'text', text: '[Unreadable]' }
  }
}

function writeList({ items, total }: Extract<Reading, { kind: 'list' }>, walk: Walk): SafeValue[] {
  const shown = total > walk.limits.items ? walk.limits.items - 1 : total
  const list: SafeValue[] = []
  for (let i = 0; i < shown && take(1, walk); i++) {
    const before = items[i - 1]
    const named = typeof before === 'string' && KEY_LIKE.test(before) && isSecretKey(before)
    const item = items[i] === undefined ? null : items[i]
    list.push(write(named ? hide(item) : item, walk) ?? null)
    if (walk.full) return list
  }
  if (shown < total && take(1, walk)) list.push(text(`[${total - shown} more]`, walk))
  return list
}

function writeRecord({ entries, total }: Extract<Reading, { kind: 'record' }>, walk: Walk): SafeRecord {
  const shown = total > walk.limits.keys ? walk.limits.keys - 1 : total
  const record: { [key: string]: SafeValue } = {}
  const named = namesSecret(entries)
  for (const [key, value] of entries.slice(0, shown)) {
    const hidden = isSecretKey(key, value) || (named && key === 'value')
    writeEntry(record, key, hidden ? hide(value) : value, walk)
    if (walk.full) return record
  }
  if (shown < total) writeEntry(record, MORE, `[${total - shown} more]`, walk)
  return record
}

/** Two keys may become one by being cut: the first stays. */
function writeEntry(record: { [key: string]: SafeValue }, key: string, value: unknown, walk: Walk): void {
  const safe = safeText(key, KEY_BYTES)
  if (value === undefined || PROTOTYPE_KEYS.has(safe) || Object.hasOwn(record, safe)) return
  if (!take(jsonBytes(safe) + 2, walk)) return
  const written = write(value, walk)
  if (written !== undefined) record[safe] = written
}

/** Whether a record such as `{ name: 'authorization', value: '…' }` names its value a secret. */
function namesSecret(entries: readonly Entry[]): boolean {
  return entries.some(
    ([key, name]) => NAMING_KEYS.includes(key) && typeof name === 'string' && KEY_LIKE.test(name) && isSecretKey(name),
  )
}

/** Whether there is something is no secret. */
function hide(value: unknown): unknown {
  return value === undefined || value === null || typeof value === 'boolean' ? value : REDACTED
}
