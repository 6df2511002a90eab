import { MAX_SEGMENTS } from './names.ts'

/**
 * Patterns for some events of operations: of `['shop.pay']` and `['stop']` comes `shop.pay.stop`, of `http.*` come those of each
 * operation directly below, and of `http.**` those at any depth.
 *
 * Not simply `http.**`: who listens to an event enables it, and all others of that name would be made for nothing.
 */
export function operationPatterns(operations: readonly string[], lastSegments: readonly string[]): string[] {
  return operations.flatMap(atEveryDepth).flatMap((operation) => lastSegments.map((last) => `${operation}.${last}`))
}

/** A pattern that ends in `**` as those with one `*`, two, and so on; any other as it is. */
function atEveryDepth(operation: string): string[] {
  const segments = operation.split('.')
  if (segments.at(-1) !== '**') return [operation]
  const before = segments.slice(0, -1)
  const room = Math.max(1, MAX_SEGMENTS - before.length - 1)
  return Array.from({ length: room }, (_, i) => [...before, ...Array(i + 1).fill('*')].join('.'))
}
