import type { Metadata } from 'sonde'

/** What is known of metadata by the values under some keys. */
export interface TagTree<T> {
  find(source: Metadata): T | undefined
  /** Objects and long texts among the values are not kept, and then nothing is remembered. */
  remember(source: Metadata, found: T): void
}

interface Branch<T> {
  readonly next: Map<unknown, Branch<T>>
  found: T | undefined
}

/** Ways that are remembered; then they begin anew. */
const MAX_WAYS = 10_000
const MAX_TEXT = 256

/** Makes an empty tree: values lead through nested Maps, as in a store, without a text of them all. */
export function createTagTree<T>(keys: readonly string[]): TagTree<T> {
  // With places of their own: V8 reads a property by a variable as fast as by its name where it has seen one name.
  const [firstKey = ''] = keys
  const lastKey = keys.at(-1) ?? ''
  let root = branch<T>()
  let ways = 0

  return {
    find(source) {
      let at: Branch<T> | undefined = root
      if (keys.length > 1) at = at.next.get(source[firstKey])
      for (let i = 1; i < keys.length - 1 && at !== undefined; i++) at = at.next.get(source[keys[i] ?? ''])
      if (keys.length > 0) at = at?.next.get(source[lastKey])
      return at?.found
    },
    remember(source, found) {
      if (!keys.every((key) => isKept(source[key]))) return
      if (++ways > MAX_WAYS) {
        root = branch()
        ways = 1
      }
      let at = root
      for (const key of keys) {
        const next = at.next.get(source[key]) ?? branch<T>()
        at.next.set(source[key], next)
        at = next
      }
      at.found = found
    },
  }
}

function branch<T>(): Branch<T> {
  return { next: new Map(), found: undefined }
}

function isKept(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= MAX_TEXT
  return value === undefined || value === null || typeof value === 'boolean' || typeof value === 'number'
}
