import type { MetricDefinition } from './definition.ts'

/** Definitions that come with the library. Made in a function: a bundler leaves out a pure call whose result nobody imports, and no array of calls. */
export function readyMade(make: () => readonly MetricDefinition[]): readonly MetricDefinition[] {
  return Object.freeze(make())
}
