/** An object that is being put together. */
export type Keys = { [key: string]: unknown }

/**
 * Puts the own keys of `source` over `target`, with `__proto__` as a key like any other.
 *
 * Not `{ ...target, ...source }`: V8 takes 1 µs, and not 40 ns, to add keys to a spread object.
 */
export function mergeInto(target: Keys, source: object): Keys {
  if (!Object.hasOwn(source, '__proto__')) return Object.assign(target, source)
  for (const [key, value] of Object.entries(source)) {
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
  }
  return target
}
