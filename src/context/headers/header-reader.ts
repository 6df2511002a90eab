/** Headers that a context is taken from, in lower case. */
const NAMES = [
  'x-correlation-id',
  'x-request-id',
  'traceparent',
  'tracestate',
  'baggage',
  'x-trace-id',
  'x-span-id',
  'x-trace-flags',
  'x-trace-baggage',
] as const

export type HeaderName = (typeof NAMES)[number]

/** The values of a header, in order; none when it is missing. What is no text counts as an empty one. */
export type ReadHeader = (name: HeaderName) => readonly string[]

const KNOWN: ReadonlySet<string> = new Set(NAMES)
const NONE: readonly string[] = []

/**
 * Reads headers of any kind: those of `fetch` and whatever else has `get(name)`, a Map, Node's `IncomingHttpHeaders` and other
 * objects, with names in any case. Never throws: what cannot be read is missing.
 */
export function headerReader(headers: unknown): ReadHeader {
  const get = contained(() => getterOf(headers), undefined)
  if (get !== undefined) return (name) => contained(() => textsOf(get(name)), NONE)
  const found = new Map<string, string[]>()
  contained(() => collect(headers, found), undefined)
  return (name) => found.get(name) ?? NONE
}

function getterOf(headers: unknown): ((name: string) => unknown) | undefined {
  if (typeof headers !== 'object' || headers === null || headers instanceof Map) return undefined
  if (!('get' in headers) || typeof headers.get !== 'function') return undefined
  const { get } = headers
  return (name) => Reflect.apply(get, headers, [name])
}

function collect(headers: unknown, found: Map<string, string[]>): void {
  if (headers instanceof Map) {
    for (const [key, value] of headers) note(key, () => value, found)
  } else if (typeof headers === 'object' && headers !== null) {
    for (const key of Object.keys(headers)) note(key, () => Reflect.get(headers, key), found)
  }
}

function note(key: unknown, value: () => unknown, found: Map<string, string[]>): void {
  if (typeof key !== 'string') return
  const name = KNOWN.has(key) ? key : key.toLowerCase()
  if (!KNOWN.has(name)) return
  const texts = contained(() => textsOf(value()), NONE)
  if (texts.length > 0) found.set(name, [...(found.get(name) ?? NONE), ...texts])
}

function textsOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return NONE
  return Array.isArray(value) ? value.map(textOf) : [textOf(value)]
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function contained<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}
