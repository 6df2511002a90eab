import type { Clock } from 'sonde'
import type { Severity } from 'sonde/notify'
import type { CompiledRule } from './compiled-rule.ts'
import type { Entries } from './entries.ts'
import type { Entry } from './entry.ts'
import type { Group, Telegram } from './groups.ts'
import type { History } from './history.ts'
import type { Outgoing, Unconfirmed } from './outgoing.ts'
import type { Silence, Silences } from './silences.ts'

/** What outlives the process. Times of the monotonic clock, which begins anew, are ages: nanoseconds before it was saved. */
export interface SavedAlerts {
  readonly entries: readonly SavedEntry[]
  readonly groups: readonly SavedGroup[]
  readonly unconfirmed: readonly Unconfirmed[]
  readonly silences: readonly Silence[]
  readonly history: readonly Telegram[]
}

interface SavedEntry {
  readonly id: string
  readonly rule: string
  readonly tags: Entry['tags']
  readonly condition: Entry['condition']
  readonly telling: Entry['telling']
  readonly value: number
  readonly threshold: number
  readonly severity: Severity
  readonly startedAt: number
  readonly endedAt: number
  readonly seenAt: number
  readonly acknowledgedBy?: string
}

interface SavedGroup {
  readonly key: string
  readonly waiting: readonly Telegram[]
  readonly openedAt: number
  readonly toldAt?: number
}

/** Narrows what was read. The file carries a checksum, so what has these lists was written by `saveEntry` and `saveGroup`. */
export function parseSaved(value: unknown): SavedAlerts | undefined {
  return isSaved(value) ? value : undefined
}

function isSaved(value: unknown): value is SavedAlerts {
  if (typeof value !== 'object' || value === null) return false
  return ['entries', 'groups', 'unconfirmed', 'silences', 'history'].every(
    (key) => key in value && Array.isArray(Reflect.get(value, key)),
  )
}

/** Whose state it is. */
export interface SnapshotParts {
  readonly clock: Clock
  readonly rules: readonly CompiledRule[]
  readonly entries: Entries
  readonly outgoing: Outgoing
  readonly silences: Silences
  readonly history: History
}

/** Reads the state of the alerts as it is to be saved, and puts it back. */
export interface Snapshot {
  save(): SavedAlerts
  /** `savedAt`: wall clock, ms. Alerts of rules that are no more are left out. */
  restore(saved: SavedAlerts, savedAt: number | undefined): void
}

/** The longest time that a restart may have taken by a clock that nobody vouches for, in milliseconds: a day. */
const MAX_DOWNTIME_MS = 86_400_000

export function createSnapshot({ clock, rules, entries, outgoing, silences, history }: SnapshotParts): Snapshot {
  return {
    save() {
      const now = clock.monotonicTime()
      return {
        entries: [...entries.all()].flatMap((entry) => saveEntry(entry, now) ?? []),
        groups: [...outgoing.groups()].map((group) => saveGroup(group, now)),
        unconfirmed: outgoing.unconfirmed(),
        silences: silences.list(),
        history: history.telegrams(),
      }
    },
    restore(saved, savedAt = clock.wallTime()) {
      // A clock that was set back while nothing ran has not gone back further than to the moment of saving.
      const downtime = Math.min(MAX_DOWNTIME_MS, Math.max(0, clock.wallTime() - savedAt))
      const then = clock.monotonicTime() - downtime * 1e6
      for (const one of saved.entries) {
        const rule = rules.find(({ name }) => name === one.rule)
        if (rule !== undefined) entries.restore(restoreEntry(one, rule, then))
      }
      for (const telegram of saved.history) history.add(telegram)
      silences.restore(saved.silences)
      outgoing.restore(
        saved.groups.map((group) => restoreGroup(group, then)),
        saved.unconfirmed,
      )
    },
  }
}

/** Undefined for one of which there is nothing to remember. */
function saveEntry(entry: Entry, now: number): SavedEntry | undefined {
  const { id, rule, tags, value, threshold, severity, startedAt, endedAt, acknowledgedBy } = entry
  if (entry.telling.occurrences === 0 && entry.condition.phase === 'inactive') return undefined
  const numbers = { value, threshold: Number.isFinite(threshold) ? threshold : 0, startedAt, endedAt }
  return {
    ...{ id, rule: rule.name, tags, severity },
    ...numbers,
    ...turnTimes(entry, now),
    ...(acknowledgedBy !== undefined && { acknowledgedBy }),
  }
}

/** `now` is that of this process when the saved one was written. */
function restoreEntry(saved: SavedEntry, rule: CompiledRule, now: number): Entry {
  const { id, tags, value, threshold, severity, startedAt, endedAt, acknowledgedBy } = saved
  return { id, rule, tags, value, threshold, severity, startedAt, endedAt, acknowledgedBy, ...turnTimes(saved, now) }
}

/** Times to ages, and ages to times: age = now − time, time = now − age. */
function turnTimes(
  { condition, telling, seenAt }: Pick<Entry, 'condition' | 'telling' | 'seenAt'>,
  now: number,
): Pick<Entry, 'condition' | 'telling' | 'seenAt'> {
  const turn = (time: number) => now - time
  const { goodSince } = condition
  const { announcedAt, changes } = telling
  return {
    condition: {
      ...condition,
      since: turn(condition.since),
      ...(goodSince !== undefined && { goodSince: turn(goodSince) }),
    },
    telling: {
      ...telling,
      changes: changes.map(turn),
      ...(announcedAt !== undefined && { announcedAt: turn(announcedAt) }),
    },
    seenAt: turn(seenAt),
  }
}

function saveGroup({ key, waiting, openedAt, toldAt }: Group, now: number): SavedGroup {
  return {
    key,
    waiting: [...waiting.values()],
    openedAt: now - openedAt,
    ...(toldAt !== undefined && { toldAt: now - toldAt }),
  }
}

function restoreGroup({ key, waiting, openedAt, toldAt }: SavedGroup, now: number): Group {
  return {
    key,
    waiting: new Map(waiting.map((telegram) => [telegram.metadata.alert_id, telegram])),
    openedAt: now - openedAt,
    ...(toldAt !== undefined && { toldAt: now - toldAt }),
  }
}
