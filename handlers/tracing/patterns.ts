/** The last segments of an operation's events. */
const phases = ['start', 'stop', 'exception'] as const
export type Phase = (typeof phases)[number]

/** Segments that an event name may have. */
const MAX_SEGMENTS = 16

/**
 * The events of operations: `shop.checkout` becomes its three events, `http.*` those of each, and `http.**` those at any depth.
 *
 * Not simply `http.**`: who listens to an event enables it, and all others of that name would be made for nothing.
 */
export function eventPatterns(operations: readonly string[]): string[] {
  return operations.flatMap(atEveryDepth).flatMap((operation) => phases.map((phase) => `${operation}.${phase}`))
}

/** A pattern that ends in `**` as those with one `*`, two, and so on; any other as it is. */
function atEveryDepth(operation: string): string[] {
  const segments = operation.split('.')
  if (segments.at(-1) !== '**') return [operation]
  const before = segments.slice(0, -1)
  const room = Math.max(1, MAX_SEGMENTS - before.length - 1)
  return Array.from({ length: room }, (_, i) => [...before, ...Array(i + 1).fill('*')].join('.'))
}
