import type { Tags } from 'sonde/metrics'
import { alertId } from 'sonde/notify'
import type { CompiledRule } from './compiled-rule.ts'
import { createEntry, type Entry } from './entry.ts'

/** All alerts there are, `max` at most. */
export interface Entries {
  /** The alert of a rule and its tags; beyond the bound one for all that find no room. */
  of(rule: CompiledRule, tags: Tags, now: number): Entry
  /** The alert of a rule and its tags, if there is one. */
  find(rule: CompiledRule, tags: Tags): Entry | undefined
  byId(id: string): Entry | undefined
  /** Takes over one that an earlier run has left. */
  restore(entry: Entry): void
  all(): IterableIterator<Entry>
  readonly size: number
}

/** The alert that counts what finds no room, as in a metric store. */
const OVERFLOW: Tags = Object.freeze({ overflow: 'true' })

/** What is inactive and was not seen for so long is forgotten, in nanoseconds: a day. */
const FORGET_NS = 86_400e9

/** Makes an empty table. Alerts that do not fire make room for new ones, those that were not seen for longest first. */
export function createEntries(max: number): Entries {
  const entries = new Map<string, Entry>()
  /** Ids are hashes, and one is asked for at each reading. */
  const ids = new Map<CompiledRule, Map<string, string>>()

  const idOf = (rule: CompiledRule, tags: Tags): string => {
    const known = ids.get(rule) ?? new Map<string, string>()
    ids.set(rule, known)
    const key = JSON.stringify(rule.by.map((tag) => tags[tag]))
    const id = known.get(key) ?? alertId(rule.name, tags)
    if (known.size >= max * 2) known.clear()
    known.set(key, id)
    return id
  }
  /** When no room was found: a storm does not look for it again at each of its alerts. */
  let fullAt = Number.NEGATIVE_INFINITY
  const makeRoom = (now: number): boolean => {
    if (entries.size < max) return true
    if (fullAt === now) return false
    let oldest: Entry | undefined
    for (const entry of entries.values()) {
      if (entry.condition.phase !== 'inactive' || entry.telling.owesResolve) continue
      if (now - entry.seenAt > FORGET_NS) entries.delete(entry.id)
      else if (oldest === undefined || entry.seenAt < oldest.seenAt) oldest = entry
    }
    if (entries.size < max) return true
    if (oldest !== undefined) return entries.delete(oldest.id)
    fullAt = now
    return false
  }
  const add = (id: string, rule: CompiledRule, tags: Tags, now: number): Entry => {
    const entry = createEntry(id, rule, tags, now)
    entries.set(id, entry)
    return entry
  }

  return {
    of(rule, tags, now) {
      const id = idOf(rule, tags)
      const known = entries.get(id)
      if (known !== undefined) return known
      if (makeRoom(now)) return add(id, rule, tags, now)
      const spare = alertId(rule.name, OVERFLOW)
      return entries.get(spare) ?? add(spare, rule, OVERFLOW, now)
    },
    find: (rule, tags) => entries.get(idOf(rule, tags)),
    byId: (id) => entries.get(id),
    restore(entry) {
      if (entries.size < max) entries.set(entry.id, entry)
    },
    all: () => entries.values(),
    get size() {
      return entries.size
    },
  }
}
