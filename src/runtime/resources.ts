import type { PolledMeasurement } from './measurement.ts'

/** `node.resources`: one event per type, and one more with 0 when a type has gone. */
export function measureResources(
  read: () => readonly string[] = () => process.getActiveResourcesInfo(),
): PolledMeasurement {
  let last: ReadonlyMap<string, number> = new Map()
  return {
    name: 'node.resources',
    event: 'node.resources',
    measure(bus) {
      const resources = bus.event('node.resources')
      const counts = countByType(read(), last)
      for (const [type, count] of counts) resources.execute({ count }, { type })
      last = new Map([...counts].filter(([, count]) => count > 0))
    },
    release() {
      last = new Map()
    },
  }
}

/** How many there are of each type; 0 for one that was there in `before` and is no more. */
export function countByType(types: readonly string[], before: ReadonlyMap<string, number>): Map<string, number> {
  const counts = new Map([...before.keys()].map((type) => [type, 0]))
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1)
  return counts
}
