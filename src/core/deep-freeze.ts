/** Freezes plain objects and arrays all the way down; what has a class of its own belongs to the application. */
export function deepFreeze<T extends object>(value: T): T {
  const waiting: object[] = [value]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    try {
      const prototype: unknown = Object.getPrototypeOf(next)
      const plain = prototype === Object.prototype || prototype === null || Array.isArray(next)
      if (!plain || Object.isFrozen(next)) continue
      Object.freeze(next)
      for (const { value: inner } of Object.values(Object.getOwnPropertyDescriptors(next))) {
        if (typeof inner === 'object' && inner !== null) waiting.push(inner)
      }
    } catch {
      // A proxy that refuses to be looked at stays as it is.
    }
  }
  return value
}
