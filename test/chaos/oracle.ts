import { setTimeout as sleep } from 'node:timers/promises'
import { random } from '../metrics/random.ts'

/** Something to deliver. */
export interface Item {
  readonly id: number
  /** Items of one key must arrive in the order of their ids. */
  readonly key: string
  /** What must arrive, to the byte. It follows from the seed and the id alone. */
  readonly payload: string
}

/** What an oracle has seen. */
export interface Tally {
  /** Ids for which `acknowledge` was called. */
  readonly acknowledged: number
  /** Ids that have arrived. */
  readonly arrived: number
  /** Arrivals of an id beyond its first. */
  readonly duplicates: number
  /** The most often that one id has arrived. */
  readonly mostCopies: number
  /** Acknowledged ids that have not arrived. */
  readonly missing: readonly number[]
}

/**
 * Knows what must come out of the far end. (The model of Vector's Antithesis tests: only what was acknowledged is owed,
 * payloads are checked and not only counted, and at the end something new must get through.)
 */
export interface Oracle {
  /** The next item to send. It is owed only from `acknowledge` on. */
  issue(): Item
  /** The item was accepted: a promise has been given. Before or after it has arrived. */
  acknowledge(id: number): void
  /** Something has arrived. Anything at all may be passed in. */
  receive(payload: string): void
  tally(): Tally
  /** What was wrong with arrivals so far: unknown ids, altered payloads, order within a key. The first twenty. */
  violations(): string[]
  has(id: number): boolean
}

const MOST_VIOLATIONS = 20

/** Makes an oracle. Ids go round over `keys` keys. */
export function createOracle(seed: number, keys = 8): Oracle {
  const acknowledged = new Set<number>()
  const copies = new Map<number, number>()
  const lastOfKey = new Map<string, number>()
  const problems: string[] = []
  let issued = 0

  const blame = (problem: string) => {
    if (problems.length < MOST_VIOLATIONS) problems.push(problem)
  }

  return {
    issue() {
      return itemOf(seed, ++issued, keys)
    },
    acknowledge(id) {
      acknowledged.add(id)
    },
    receive(payload) {
      const id = idOf(payload)
      if (id === undefined || id > issued) return blame(`unknown: ${payload.slice(0, 80)}`)
      const { key, payload: wanted } = itemOf(seed, id, keys)
      if (payload !== wanted) return blame(`altered: id ${id}, ${payload.slice(0, 80)}`)
      const before = copies.get(id) ?? 0
      copies.set(id, before + 1)
      if (before > 0) return
      const last = lastOfKey.get(key) ?? 0
      if (id < last) blame(`order: id ${id} of ${key} after id ${last}`)
      lastOfKey.set(key, Math.max(id, last))
    },
    tally() {
      const all = [...copies.values()]
      const duplicates = all.reduce((sum, count) => sum + count - 1, 0)
      const missing = [...acknowledged].filter((id) => !copies.has(id))
      const mostCopies = all.reduce((most, count) => Math.max(most, count), 0)
      return { acknowledged: acknowledged.size, arrived: copies.size, duplicates, mostCopies, missing }
    },
    violations: () => [...problems],
    has: (id) => copies.has(id),
  }
}

/**
 * The end of a run, when the faults are over: a fresh item is sent, and within `limitMs` it and all but `mayMiss` of
 * what is owed must have arrived. Returns what is wrong, nothing when all is well.
 *
 * `send` accepts the item as the run did, and acknowledges it. `mayMiss` is asked at the end: what the books say was dropped.
 */
export async function eventually(
  oracle: Oracle,
  send: (item: Item) => void | Promise<void>,
  { limitMs, mayMiss = () => 0 }: { readonly limitMs: number; mayMiss?(): number },
): Promise<string[]> {
  const fresh = oracle.issue()
  await send(fresh)
  const missing = () => oracle.tally().missing.length
  const deadline = performance.now() + limitMs
  while (performance.now() < deadline && (!oracle.has(fresh.id) || missing() > mayMiss())) await sleep(20)
  const problems = oracle.violations()
  if (!oracle.has(fresh.id)) problems.push(`liveness: a fresh item has not arrived within ${limitMs} ms`)
  const lost = missing() - mayMiss()
  if (lost > 0) problems.push(`lost: ${lost} acknowledged items, ids ${oracle.tally().missing.slice(0, 10).join(' ')}`)
  // Something that was counted as dropped must not have arrived as well.
  if (lost < 0) problems.push(`books: ${-lost} items were counted as dropped and have arrived`)
  return problems
}

function itemOf(seed: number, id: number, keys: number): Item {
  const draw = random(seed * 1_000_003 + id)
  const key = `key-${id % keys}`
  const filler = Array.from({ length: Math.floor(draw() * 40) }, () => Math.floor(draw() * 36).toString(36)).join('')
  return { id, key, payload: JSON.stringify({ id, key, filler }) }
}

function idOf(payload: string): number | undefined {
  try {
    const value: unknown = JSON.parse(payload)
    if (typeof value !== 'object' || value === null || !('id' in value)) return undefined
    return Number.isSafeInteger(value.id) && Number(value.id) > 0 ? Number(value.id) : undefined
  } catch {
    return undefined
  }
}
