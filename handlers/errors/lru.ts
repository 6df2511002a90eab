/** A map of bounded size: the one that was not asked for the longest gives way. */
export interface Lru<V> {
  /** The value of a key, made when there is none. */
  of(key: string): V
  entries(): Iterable<[key: string, value: V]>
}

export function createLru<V>(max: number, make: (key: string) => V): Lru<V> {
  const values = new Map<string, V>()
  return {
    of(key) {
      const known = values.get(key)
      const value = known ?? make(key)
      if (known !== undefined) values.delete(key)
      values.set(key, value)
      const [oldest] = values.keys()
      if (values.size > max && oldest !== undefined) values.delete(oldest)
      return value
    },
    entries: () => values.entries(),
  }
}
