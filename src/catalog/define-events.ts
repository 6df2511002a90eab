import { TelemetryError } from '../core/errors.ts'
import { neverSample } from '../core/never-sampled.ts'
import type { EventDefinition, EventDefinitions } from './event-definition.ts'
import type { ExpandedEvents } from './events-of.ts'
import { expandEvents } from './expand-events.ts'

/** Events declared as data: what their types, their reference, their default metrics and their tests come from. */
export interface EventCatalog<Prefix extends string = string, Definitions extends EventDefinitions = EventDefinitions> {
  readonly prefix: Prefix
  /** As written. */
  readonly definitions: Definitions
  /** One per concrete event, operations expanded, in the order they are written. */
  readonly events: readonly EventDefinition[]
  readonly names: readonly string[]
}

/**
 * The events of a catalog as types, name → `{ measurements, metadata }`:
 *
 * ```ts
 * declare module 'sonde' {
 *   interface Events extends EventsOf<typeof shop> {}
 * }
 * ```
 */
export type EventsOf<Catalog extends EventCatalog> = ExpandedEvents<Catalog['prefix'], Catalog['definitions']>

/**
 * Declares events. Names in `definitions` are without the prefix; one that ends in `.{}` is an operation and becomes
 * `.start`, `.stop` and `.exception` with the standard keys of a span.
 *
 * Events with `sampled: 'never'` are exempt from sampling from here on, so a module that emits them must import the
 * catalog itself and not its types alone. Throws `invalid_event_definition` for anything malformed.
 */
export function defineEvents<const Prefix extends string, const Definitions extends EventDefinitions>(
  prefix: Prefix,
  definitions: Definitions,
): EventCatalog<Prefix, Definitions> {
  const events = expandEvents(prefix, definitions)
  const names = events.map((event) => event.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new TelemetryError('invalid_event_definition', `catalog: '${twice}' is defined twice`)
  for (const event of events) if (event.sampled === 'never') neverSample(event.name)
  return Object.freeze({ prefix, definitions, events: Object.freeze(events), names: Object.freeze(names) })
}
