import type { Bus, Metadata } from '../../src/core/types.ts'

export interface Recorded {
  readonly event: string
  readonly measurements: { readonly [key: string]: number }
  readonly metadata: Metadata
}

/** Attaches a handler that keeps every event matched by `patterns`, by reference, in the order of arrival. */
export function record(bus: Bus, ...patterns: readonly string[]): Recorded[] {
  const events: Recorded[] = []
  bus.attachMany(`recorder:${patterns.join(',')}`, patterns, (event, measurements, metadata) => {
    events.push({ event, measurements, metadata })
  })
  return events
}

/** The sorted keys of an object: what an event carries, whatever the order. */
export function keysOf(payload: object): string[] {
  return Object.keys(payload).sort()
}

/** The name and state of what is recorded, for comparisons at a glance. */
export function namesOf(events: readonly Recorded[]): string[] {
  return events.map(({ event }) => event)
}

/** The value, which must be there: an assertion for the type checker too. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('what is looked for is not there')
  return value
}
