import { randomUUID } from 'node:crypto'
import type { AttachOptions, Bus, Cancel, Metadata } from 'sonde'
import { readKey } from 'sonde/metrics'
import { addTelegram, dueAt, type Group, type GroupPolicy, type Telegram } from './groups.ts'

/** A notification that a destination has taken and that is not known to survive the process. */
export interface Unconfirmed {
  readonly id: string
  readonly telegrams: readonly Telegram[]
}

/** Tells the bus of alerts, group by group, each when it is due. */
export interface Outgoing {
  add(key: string, telegram: Telegram): void
  /** Tells of every group that is due now, and plans the next. */
  flush(): void
  /** Tells of everything that waits. */
  flushAll(): void
  groups(): Iterable<Group>
  unconfirmed(): readonly Unconfirmed[]
  /** What an earlier run has left. */
  restore(groups: readonly Group[], unconfirmed: readonly Unconfirmed[]): void
  close(): void
}

/** More are not remembered: a destination that never says that it has stored one must not fill the memory. */
const MAX_UNCONFIRMED = 1_000

/**
 * Makes the way out. Destinations with a disk say `telemetry.notification.queued` while they are told and `.stored` when it will survive; until then
 * a notification is unconfirmed and is saved, to be told again under the same id by the next run. `onChange` is called when there is something to save.
 */
export function createOutgoing(
  bus: Bus,
  policy: GroupPolicy,
  {
    id,
    attachment,
    onTold,
    onChange,
  }: {
    readonly id: string
    readonly attachment: AttachOptions
    onTold(telegram: Telegram): void
    onChange(): void
  },
): Outgoing {
  const groups = new Map<string, Group>()
  const waiting = new Set<Group>()
  const pending = new Map<string, { readonly telegrams: readonly Telegram[]; destinations: number }>()
  let cancelWake: Cancel = () => {}
  /** Of an earlier run: told when the program has had time to attach its destinations. */
  const leftOver: Unconfirmed[] = []
  let isClosed = false

  const detach = bus.attachMany(
    id,
    ['telemetry.notification.queued', 'telemetry.notification.stored'],
    (event: string, _measurements: object, metadata: Metadata) => {
      // Whoever emits such an event by hand may put anything into it.
      const notification = readKey(metadata, 'notification_id')
      const one = typeof notification === 'string' ? pending.get(notification) : undefined
      if (one === undefined || typeof notification !== 'string') return
      one.destinations += event.endsWith('.queued') ? 1 : -1
      if (one.destinations > 0 || event.endsWith('.queued')) return
      pending.delete(notification)
      onChange()
    },
    undefined,
    attachment,
  )

  const tell = (notificationId: string, telegrams: readonly Telegram[]) => {
    pending.set(notificationId, { telegrams, destinations: 0 })
    for (const { event, measurements, metadata } of telegrams) {
      const name: string = event
      bus.execute(name, measurements, { ...metadata, notification_id: notificationId })
    }
    if (pending.get(notificationId)?.destinations === 0) pending.delete(notificationId)
    const [oldest] = pending.keys()
    if (pending.size > MAX_UNCONFIRMED && oldest !== undefined) pending.delete(oldest)
    for (const telegram of telegrams) onTold(telegram)
    onChange()
  }

  const tellGroup = (group: Group) => {
    const telegrams = [...group.waiting.values()]
    group.waiting.clear()
    waiting.delete(group)
    group.toldAt = bus.clock.monotonicTime()
    tell(randomUUID(), telegrams)
  }

  const flush = () => {
    cancelWake()
    for (const one of leftOver.splice(0)) tell(one.id, one.telegrams)
    const now = bus.clock.monotonicTime()
    for (const group of [...waiting]) if ((dueAt(policy, group) ?? now) <= now) tellGroup(group)
    for (const [key, { waiting: left, toldAt = now }] of groups) {
      if (left.size === 0 && now - toldAt > policy.intervalNs) groups.delete(key)
    }
    if (isClosed || waiting.size === 0) return
    const next = Math.min(...[...waiting].map((group) => dueAt(policy, group) ?? Number.POSITIVE_INFINITY))
    cancelWake = bus.clock.after(Math.ceil((next - now) / 1e6), flush)
  }

  return {
    add(key, telegram) {
      const now = bus.clock.monotonicTime()
      const group = groups.get(key) ?? { key, waiting: new Map(), openedAt: now }
      groups.set(key, group)
      addTelegram(group, telegram, now)
      waiting.add(group)
      onChange()
    },
    flush,
    flushAll() {
      for (const group of [...waiting]) tellGroup(group)
    },
    groups: () => groups.values(),
    unconfirmed: () => [
      ...leftOver,
      ...[...pending].map(([notification, { telegrams }]) => ({ id: notification, telegrams })),
    ],
    restore(saved, unconfirmed) {
      for (const group of saved) {
        groups.set(group.key, group)
        if (group.waiting.size > 0) waiting.add(group)
      }
      leftOver.push(...unconfirmed)
    },
    close() {
      isClosed = true
      cancelWake()
      detach()
    },
  }
}
