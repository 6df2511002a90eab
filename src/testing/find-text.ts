/** Values looked at in one search; more than any error or event of a handler should hold. */
const MAX_VALUES = 100_000

/**
 * Whether `text` stands in a string anywhere in `value`: keys, values, items, errors with message, stack and cause, maps and
 * sets. Survives whatever `value` is.
 */
export function findText(value: unknown, text: string): boolean {
  const seen = new Set<unknown>()
  const waiting: unknown[] = [value]
  while (waiting.length > 0 && seen.size < MAX_VALUES) {
    const next = waiting.pop()
    if (typeof next === 'string') {
      if (next.includes(text)) return true
    } else if ((typeof next === 'object' && next !== null) || typeof next === 'function') {
      if (seen.has(next)) continue
      seen.add(next)
      waiting.push(...parts(next))
    }
  }
  return false
}

function parts(value: object): unknown[] {
  try {
    const keys = Reflect.ownKeys(value)
    const values = keys.map((key) => Reflect.getOwnPropertyDescriptor(value, key)?.value)
    const items = value instanceof Map || value instanceof Set ? [...value].flat() : []
    return [...keys, ...values, ...items]
  } catch {
    // A proxy that does not want to be looked at shows its reader nothing either.
    return []
  }
}
