import { MAX_DEPTH, MAX_DIGITS, TAG, type ValueKind } from './tags.ts'
import { WireError } from './wire-error.ts'

/** The JSON of a value, for `decodeValue` in this process, in another one or in Python. Throws `WireError`. */
export function encodeValue(value: unknown, kinds: readonly ValueKind[] = []): string {
  return JSON.stringify(toWire(value, kinds))
}

/** What `JSON.stringify` writes without a loss: the value itself where that is so, a copy otherwise. Throws `WireError`. */
export function toWire(value: unknown, kinds: readonly ValueKind[] = []): unknown {
  return value === undefined ? null : convert(value, { kinds, keys: [] })
}

/** Where the conversion is: the keys that lead there. */
interface Place {
  readonly kinds: readonly ValueKind[]
  readonly keys: (string | number)[]
}

function convert(value: unknown, place: Place): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return convertNumber(value)
    case 'bigint':
      return convertInteger(value, place)
    case 'object':
      return value === null ? null : convertObject(value, place)
    default:
      throw refusal(`is ${value === undefined ? 'undefined' : `a ${typeof value}`}`, place)
  }
}

function convertNumber(value: number): unknown {
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? tagged('float', '-0.0') : value
  // Python would take the digits of a large one for an `int`.
  if (Number.isInteger(value)) return tagged('float', String(value))
  if (Number.isFinite(value)) return value
  return tagged('float', Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf')
}

function convertInteger(value: bigint, place: Place): unknown {
  const text = String(value)
  if (text.length > MAX_DIGITS) throw refusal(`has more than ${MAX_DIGITS} digits`, place)
  return tagged('int', text)
}

function convertObject(value: object, place: Place): unknown {
  if (place.keys.length >= MAX_DEPTH) throw refusal(`is deeper than ${MAX_DEPTH} levels, or part of itself`, place)
  if (Array.isArray(value)) return convertArray(value, place)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return convertPlain(value, place)
  if (value instanceof Uint8Array) return tagged('bytes', Buffer.from(value).toString('base64'))
  if (value instanceof Date) return convertDate(value, place)
  if (value instanceof Set) return tagged('set', convertArray([...value], place))
  for (const { tag, encode } of place.kinds) {
    const content = encode(value)
    if (content !== undefined) return tagged(tag, content)
  }
  const name: unknown = value.constructor?.name
  throw refusal(`is a ${typeof name === 'string' && name !== '' ? name : 'object of a class'}`, place)
}

/** The array itself unless something in it has to be written differently. */
function convertArray(items: readonly unknown[], place: Place): readonly unknown[] {
  let copy: unknown[] | undefined
  // By index: `map` leaves out holes, which are then `null` in JSON.
  for (let i = 0; i < items.length; i++) {
    place.keys.push(i)
    const item: unknown = items[i]
    const converted = convert(item, place)
    place.keys.pop()
    if (copy === undefined && converted !== item) copy = items.slice(0, i)
    copy?.push(converted)
  }
  return copy ?? items
}

/** The object itself unless something in it has to be written differently. */
function convertPlain(value: object, place: Place): unknown {
  let copy: { [key: string]: unknown } | undefined
  const done: [string, unknown][] = []
  // `toJSON` would be called, and `__proto__` is a key that readers trip over.
  if ('toJSON' in value && typeof value.toJSON === 'function') throw refusal('has a toJSON of its own', place)
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue
    place.keys.push(key)
    if (key === '__proto__') throw refusal("has the key '__proto__'", place)
    const converted = convert(item, place)
    place.keys.pop()
    if (copy === undefined && converted !== item) copy = Object.fromEntries(done)
    if (copy === undefined) done.push([key, converted])
    else copy[key] = converted
  }
  const plain = copy ?? value
  return Object.hasOwn(value, TAG) ? tagged('object', plain) : plain
}

function convertDate(value: Date, place: Place): unknown {
  if (Number.isNaN(value.getTime())) throw refusal('is an invalid date', place)
  const year = value.getUTCFullYear()
  if (year < 1 || year > 9999) throw refusal('is a date that Python does not have: years are 1 to 9999', place)
  return tagged('datetime', value.toISOString())
}

function tagged(tag: string, content: unknown): unknown {
  return { [TAG]: [tag, content] }
}

function refusal(problem: string, { keys }: Place): WireError {
  const path = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key.slice(0, 100)}`)).join('')
  return new WireError(`${problem}, which cannot be sent to another process`, path)
}
