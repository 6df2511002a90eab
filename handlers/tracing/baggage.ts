import { type Baggage, baggageEntryMetadataFromString, type Context, propagation } from '@opentelemetry/api'
import type { BaggageEntry, Baggage as OwnBaggage } from 'sonde/context'

/** What baggage of OpenTelemetry's was made from. */
const sources = new WeakMap<Baggage, OwnBaggage>()

/** `active` with our baggage put over what is there. */
export function withBaggage(active: Context, own: OwnBaggage): Context {
  if (own.size === 0) return active
  const present = propagation.getBaggage(active)
  if (present !== undefined && sources.get(present) === own) return active
  const entries = Object.fromEntries([...(present?.getAllEntries() ?? []), ...[...own].map(toEntry)])
  const merged = propagation.createBaggage(entries)
  sources.set(merged, own)
  return propagation.setBaggage(active, merged)
}

function toEntry([name, { value, properties }]: readonly [string, BaggageEntry]) {
  return [name, { value, metadata: baggageEntryMetadataFromString(properties) }] as const
}
