import { MAX_DEPTH, MAX_DIGITS, TAG, type ValueKind } from './tags.ts'
import { WireError } from './wire-error.ts'

const NO_KINDS: readonly ValueKind[] = []

/** The value that `encodeValue`, or Python's side, has written. Throws `WireError`, and `SyntaxError` for what is not JSON. */
export function decodeValue(text: string, kinds: readonly ValueKind[] = NO_KINDS): unknown {
  const parsed: unknown = JSON.parse(text)
  return fromWire(parsed, kinds)
}

/** The same of JSON that is parsed already. What has no tags in it is given back as it is. */
export function fromWire(value: unknown, kinds: readonly ValueKind[] = NO_KINDS): unknown {
  return convert(value, kinds, 0)
}

function convert(value: unknown, kinds: readonly ValueKind[], depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  // Twice as deep: a tag is two levels.
  if (depth > 3 * MAX_DEPTH) throw new WireError(`is deeper than ${MAX_DEPTH} levels`, '')
  if (Array.isArray(value)) return convertArray(value, kinds, depth)
  if (Object.hasOwn(value, TAG)) return untagged(value, kinds, depth)
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') throw new WireError("has the key '__proto__'", '')
    if (typeof item !== 'object' || item === null) continue
    // Parsed just now, so nobody else has it.
    Reflect.set(value, key, convert(item, kinds, depth + 1))
  }
  return value
}

function convertArray(items: unknown[], kinds: readonly ValueKind[], depth: number): unknown[] {
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    if (typeof item === 'object' && item !== null) items[i] = convert(item, kinds, depth + 1)
  }
  return items
}

function untagged(value: object, kinds: readonly ValueKind[], depth: number): unknown {
  const pair: unknown = Reflect.get(value, TAG)
  if (!Array.isArray(pair) || pair.length !== 2 || Object.keys(value).length !== 1) throw malformed()
  const [tag, content]: readonly unknown[] = pair
  if (tag === 'object') return convertEscaped(content, kinds, depth)
  if (tag === 'set' && Array.isArray(content)) return new Set(convertArray(content, kinds, depth + 1))
  const kind = kinds.find((one) => one.tag === tag)
  if (kind !== undefined) return kind.decode(content)
  if (typeof content !== 'string') throw malformed()
  if (tag === 'float') return toFloat(content)
  if (tag === 'int') return toInteger(content)
  if (tag === 'bytes') return toBytes(content)
  if (tag === 'datetime') return toDate(content)
  throw malformed()
}

/** An object with the key of the tags, which means itself. */
function convertEscaped(content: unknown, kinds: readonly ValueKind[], depth: number): unknown {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw malformed()
  for (const [key, item] of Object.entries(content)) {
    if (key === '__proto__') throw new WireError("has the key '__proto__'", '')
    Reflect.set(content, key, convert(item, kinds, depth + 1))
  }
  return content
}

function toFloat(text: string): number {
  if (text === 'nan') return Number.NaN
  if (text === 'inf') return Number.POSITIVE_INFINITY
  if (text === '-inf') return Number.NEGATIVE_INFINITY
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) throw malformed()
  return Number(text)
}

/** A number where it is exact, a bigint elsewhere. */
function toInteger(text: string): number | bigint {
  if (text.length > MAX_DIGITS || !/^-?\d+$/.test(text)) throw malformed()
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

function toBytes(text: string): Uint8Array {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw malformed()
  return new Uint8Array(Buffer.from(text, 'base64'))
}

function toDate(text: string): Date {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) throw malformed()
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw malformed()
  return date
}

function malformed(): WireError {
  return new WireError('has a tag that nothing is known of', '')
}
