import { isProxy } from './is-proxy.ts'

/** What an object is and what it holds, as far as one look may tell. */
export type Reading =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly unknown[]; readonly total: number }
  | { readonly kind: 'record'; readonly entries: readonly Entry[]; readonly total: number }

export type Entry = readonly [key: string, value: unknown]

export interface ReadingLimits {
  readonly keys: number
  readonly items: number
}

const ACCESSOR = '[Getter]'
const MAX_PROTOTYPES = 8

type Read = (value: object, limits: ReadingLimits) => Reading | undefined

// Taken at load: a subclass or an own property of the same name would be somebody else's code.
const dateTime = Date.prototype.getTime
const mapEntries = Map.prototype.entries
const setValues = Set.prototype.values
const textOf = String.prototype.valueOf
const sizeOf = { map: getter(Map.prototype, 'size'), set: getter(Set.prototype, 'size') }
const arrayTag = getter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)
const arrayBytes = getter(Object.getPrototypeOf(Uint8Array.prototype), 'byteLength')
const exceptionName = globalThis.DOMException && getter(DOMException.prototype, 'name')
const exceptionMessage = globalThis.DOMException && getter(DOMException.prototype, 'message')
/** Own in newer V8, on the prototype in Firefox, none where `stack` is a plain property. */
const errorStack = getter(new Error('sample'), 'stack') ?? getter(Error.prototype, 'stack')

const READERS: ReadonlyMap<unknown, Read> = new Map<unknown, Read>([
  [Date.prototype, readDate],
  [Map.prototype, readMap],
  [Set.prototype, readSet],
  [String.prototype, (value) => ({ kind: 'text', text: textOf.call(value) })],
  [Error.prototype, readError],
  [Promise.prototype, () => ({ kind: 'text', text: '[Promise]' })],
  [RegExp.prototype, () => ({ kind: 'text', text: '[RegExp]' })],
  [WeakMap.prototype, () => ({ kind: 'text', text: '[WeakMap]' })],
  [WeakSet.prototype, () => ({ kind: 'text', text: '[WeakSet]' })],
  [ArrayBuffer.prototype, () => ({ kind: 'text', text: '[ArrayBuffer]' })],
])

/**
 * Reads the beginning of an object by its own descriptors, running none of its code: no getter, no trap where proxies can be told, no `toJSON`,
 * no iterator. May throw on an object that is hostile where they cannot be told.
 */
export function readObject(value: object, limits: ReadingLimits): Reading {
  if (isProxy(value)) return { kind: 'text', text: '[Proxy]' }
  if (typeof value === 'function') return readFunction(value)
  if (Array.isArray(value)) return readArray(value, limits)
  if (ArrayBuffer.isView(value)) return readBinary(value)
  return readKnown(value, limits) ?? readRecord(value, limits)
}

function readFunction(value: object): Reading {
  const name = readOwn(value, 'name')
  return {
    kind: 'text',
    text: typeof name === 'string' && name !== '' ? `[Function ${name.slice(0, 100)}]` : '[Function]',
  }
}

/** By index, so that 2^32 holes cost nothing. */
function readArray(value: readonly unknown[], limits: ReadingLimits): Reading {
  const total = value.length
  const items = Array.from({ length: Math.min(total, limits.items) }, (_, index) => readOwn(value, String(index)))
  return { kind: 'list', items, total }
}

function readBinary(value: ArrayBufferView): Reading {
  const tag = arrayTag?.call(value)
  return { kind: 'text', text: tag === undefined ? '[DataView]' : `[${tag} of ${arrayBytes?.call(value)} bytes]` }
}

/** By the prototypes that it has; undefined when none is known, or the object only pretends. */
function readKnown(value: object, limits: ReadingLimits): Reading | undefined {
  let prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return undefined
  for (let i = 0; i < MAX_PROTOTYPES && prototype !== Object.prototype && prototype !== null; i++) {
    if (isProxy(prototype)) break
    const read = READERS.get(prototype)
    if (read !== undefined) return attempt(() => read(value, limits))
    prototype = Object.getPrototypeOf(prototype)
  }
  // An error of another realm has none of our prototypes.
  return Object.getOwnPropertyDescriptor(value, 'stack')?.enumerable === false ? readError(value, limits) : undefined
}

function readDate(value: object): Reading {
  const time = dateTime.call(value)
  return { kind: 'text', text: Number.isNaN(time) ? '[Invalid Date]' : new Date(time).toISOString() }
}

function readMap(value: object, limits: ReadingLimits): Reading {
  const entries: Entry[] = []
  for (const [key, item] of mapEntries.call(value)) {
    if (entries.length === limits.keys) break
    entries.push([keyOf(key), item])
  }
  return { kind: 'record', entries: inObjectOrder(entries), total: Number(sizeOf.map?.call(value)) }
}

/** The first of each key, and keys that look like indexes before the others, as the object made of them will have them. */
function inObjectOrder(entries: readonly Entry[]): Entry[] {
  const byKey: { [key: string]: unknown } = Object.create(null)
  for (const [key, value] of entries) if (!(key in byKey)) byKey[key] = value
  return Object.entries(byKey)
}

function keyOf(key: unknown): string {
  if (typeof key === 'string') return key
  return (typeof key === 'object' && key !== null) || typeof key === 'function' ? '[object]' : String(key).slice(0, 100)
}

function readSet(value: object, limits: ReadingLimits): Reading {
  const items: unknown[] = []
  for (const item of setValues.call(value)) {
    if (items.length === limits.items) break
    items.push(item)
  }
  return { kind: 'list', items, total: Number(sizeOf.set?.call(value)) }
}

/** Its name, message and stack come first, also where they are inherited, and then whatever else it carries. */
function readError(value: object, limits: ReadingLimits): Reading {
  const name = inherited(value, 'name', exceptionName)
  const message = inherited(value, 'message', exceptionMessage)
  // V8 writes the stack when it is first read, and asks for name and message then.
  const stack = name === ACCESSOR || message === ACCESSOR ? undefined : readOwn(value, 'stack')
  const record = readRecord(value, limits)
  const named = new Set(['name', 'message', 'stack', 'cause', 'errors'])
  const others = record.entries.filter(([key]) => !named.has(key))
  const entries: Entry[] = [
    ['name', name],
    ['message', message],
    ['stack', stack],
    ['cause', readOwn(value, 'cause')],
    ['errors', readOwn(value, 'errors')],
  ]
  const known = entries.filter(([, item]) => item !== undefined)
  return {
    kind: 'record',
    entries: inObjectOrder([...known, ...others]),
    total: known.length + record.total - (record.entries.length - others.length),
  }
}

/** The nearest plain `key` up the prototypes, or what the intrinsic getter of a DOMException says. */
function inherited(value: object, key: string, intrinsic: Getter | undefined): unknown {
  let owner: object | null = value
  for (let i = 0; i < MAX_PROTOTYPES && owner !== null && !isProxy(owner); i++) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, key)
    if (descriptor !== undefined && 'value' in descriptor) return descriptor.value
    if (descriptor?.get !== undefined)
      return descriptor.get === intrinsic ? attempt(() => intrinsic?.call(value)) : ACCESSOR
    owner = Object.getPrototypeOf(owner)
  }
  return undefined
}

function readRecord(value: object, limits: ReadingLimits): Extract<Reading, { kind: 'record' }> {
  if (isBoxedText(value)) return { kind: 'record', entries: [], total: 0 }
  const keys = Object.keys(value)
  return {
    kind: 'record',
    entries: keys.slice(0, limits.keys).map((key) => [key, readOwn(value, key)]),
    total: keys.length,
  }
}

/** A `String` object of another realm: every character is a key, and listing ten million of them takes seconds. */
function isBoxedText(value: object): boolean {
  const length = Object.getOwnPropertyDescriptor(value, 'length')
  return length?.writable === false && length.configurable === false && attempt(() => textOf.call(value)) !== undefined
}

function readOwn(owner: object, key: string): unknown {
  const descriptor = attempt(() => Object.getOwnPropertyDescriptor(owner, key))
  if (descriptor === undefined) return undefined
  if (descriptor.get === undefined && descriptor.set === undefined) return descriptor.value
  return key === 'stack' && descriptor.get === errorStack ? attempt(() => errorStack?.call(owner)) : ACCESSOR
}

type Getter = (this: unknown) => unknown

function getter(owner: object, key: string | symbol): Getter | undefined {
  return Object.getOwnPropertyDescriptor(owner, key)?.get
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
