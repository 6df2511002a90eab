const KEY = Symbol.for('sonde.never-sampled.v1')
const LAST_SEGMENTS = /(?:^|\.)(?:exception|failure|failed|panicked)$/

/** Names declared `sampled: 'never'`; one set for the process, so that a second copy of the library knows them too. */
const declared: Set<string> = sharedSet()

/** Declares that a sampling rule never applies to `name`. */
export function neverSample(name: string): void {
  declared.add(name)
}

/** Whether `name` is declared so, is one of the bus's own events, or says by its last segment that something failed. */
export function isNeverSampled(name: string): boolean {
  return name.startsWith('telemetry.') || LAST_SEGMENTS.test(name) || declared.has(name)
}

function sharedSet(): Set<string> {
  const existing: unknown = Reflect.get(globalThis, KEY)
  if (existing instanceof Set) return existing
  const created = new Set<string>()
  Object.defineProperty(globalThis, KEY, { value: created })
  return created
}
