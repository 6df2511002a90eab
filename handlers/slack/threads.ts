import type { Notification } from 'sonde/notify'

/** The message that told first of a group that fires; what follows is told below it. */
export interface Thread {
  readonly channel: string
  readonly ts: string
  /** Ids of the alerts that people were told of and that fire. */
  readonly firing: readonly string[]
}

/** Threads by group. */
export interface Threads {
  get(group: string): Thread | undefined
  set(group: string, thread: Thread): void
  delete(group: string): void
  /** As JSON can hold it. */
  entries(): readonly (readonly [group: string, thread: Thread])[]
}

/** More groups than fire at a time; the one that was told of the longest ago goes first. */
const MAX_THREADS = 1_000
const MAX_ALERTS = 1_000

export function createThreads(initial: readonly (readonly [string, Thread])[] = []): Threads {
  const threads = new Map(initial)
  return {
    get: (group) => threads.get(group),
    set(group, thread) {
      threads.delete(group)
      threads.set(group, thread)
      const [oldest] = threads.keys()
      if (threads.size > MAX_THREADS && oldest !== undefined) threads.delete(oldest)
    },
    delete: (group) => void threads.delete(group),
    entries: () => [...threads],
  }
}

/** What fires when a notification has been told of. */
export function stillFiring(before: readonly string[], { alerts }: Pick<Notification, 'alerts'>): readonly string[] {
  const firing = new Set(before)
  for (const { id, status } of alerts) {
    if (status === 'firing') firing.add(id)
    else firing.delete(id)
  }
  return [...firing].slice(0, MAX_ALERTS)
}

/** Takes what a file held; undefined when it is not that. */
export function parseThreads(value: unknown): readonly (readonly [string, Thread])[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_THREADS) return undefined
  return value.every(isEntry) ? value : undefined
}

function isEntry(value: unknown): value is readonly [string, Thread] {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return false
  const thread: unknown = value[1]
  if (typeof thread !== 'object' || thread === null) return false
  const { channel, ts, firing }: { channel?: unknown; ts?: unknown; firing?: unknown } = thread
  return (
    typeof channel === 'string' &&
    typeof ts === 'string' &&
    Array.isArray(firing) &&
    firing.every((id) => typeof id === 'string')
  )
}
