import type { Baggage } from './context.ts'
import { currentScope } from './current.ts'
import { membersOf } from './headers/baggage-header.ts'

/**
 * Lets a value travel with the trace from here on, in the header `baggage` too; over an older one of that name.
 *
 * It is seen in the present context and in what that begins afterwards, not around it and not in what runs already. `properties`
 * stand behind it in the header, such as `ttl=30;secret`. False, and nothing is changed, without a context, for a name
 * that is no HTTP token, for malformed properties, and beyond 64 entries or 8,192 bytes of header.
 */
export function addBaggage(key: string, value: string, properties = ''): boolean {
  const scope = currentScope()
  if (scope === undefined || typeof value !== 'string') return false
  const baggage: Baggage = new Map([...scope.baggage, [key, { value, properties }]])
  if (membersOf(baggage).size < baggage.size) return false
  scope.baggage = baggage
  return true
}

/** A value that travels with the trace; undefined when there is none of that name. */
export function getBaggage(key: string): string | undefined {
  return currentScope()?.baggage.get(key)?.value
}

/** Lets a value travel no further. False when there is none of that name. */
export function removeBaggage(key: string): boolean {
  const scope = currentScope()
  if (scope === undefined || !scope.baggage.has(key)) return false
  scope.baggage = new Map([...scope.baggage].filter(([name]) => name !== key))
  return true
}
