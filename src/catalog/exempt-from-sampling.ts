import { neverSample } from '../core/never-sampled.ts'
import type { EventCatalog } from './define-events.ts'

/** Sees to it that no sampling rule thins out the events that are declared so. By a call: a bundler leaves out a catalog that is imported for nothing but its effect. */
export function exemptFromSampling(...catalogs: readonly EventCatalog[]): void {
  for (const { events } of catalogs) for (const { name, sampled } of events) if (sampled === 'never') neverSample(name)
}
