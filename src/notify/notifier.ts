import { randomUUID } from 'node:crypto'
import type { Bus } from '../core/types.ts'
import type { DropReason } from '../delivery/drop-report.ts'
import { flushOnExit } from '../delivery/exit.ts'
import type { SinkStatus } from '../delivery/export-tracker.ts'
import type { Ledger } from '../delivery/ledger.ts'
import type { DeadLetter } from '../delivery/outbox/dead-letters.ts'
import type { OutboxItem } from '../delivery/outbox/outbox.ts'
import { createSender } from '../delivery/sender.ts'
import { toSafe } from '../layers/to-safe.ts'
import { labelsOf } from './alert.ts'
import { createDelivery, type DeliverNotification } from './delivery.ts'
import { Gathering } from './gathering.ts'
import { compileMatchers } from './matchers.ts'
import { checkNotifierOptions, type NotifierOptions } from './options.ts'
import { openPending } from './pending.ts'
import { readAlert } from './read-alert.ts'
import { encodeNotification } from './stored-notification.ts'

type Words = { readonly [key: string]: unknown }

/** A way to people. */
export interface Destination {
  /** Its name in events and in the books, such as `slack`. */
  readonly name: string
  /** Sends one notification, once. */
  readonly deliver: DeliverNotification
  /** Attempts at a time, default 2. */
  readonly concurrency?: number
  /** Attempts per second, retries included; no limit by default. */
  readonly ratePerSecond?: number
}

/** The attachment of every handler that notifies. */
export interface NotifierAttachment {
  /** Notifies no more. What waits stays on disk for the next start; in memory it is dropped: `shutdown`. Safe to repeat. */
  detach(): void
  /** Resolves when all that was told so far is delivered or given up. */
  flush(): Promise<void>
  status(): SinkStatus & { readonly disabled: boolean }
  /** What was refused for good or became too old, the oldest first. Empty without a `directory`. */
  deadLetters(): readonly DeadLetter[]
  /** Counts notifications. */
  readonly ledger: Ledger<DropReason>
}

/** From this share of `maxItems` on, repeats are left out, so that first notifications and resolves find room. */
const ROOM_FOR_NEWS = 0.9

/**
 * Tells a destination of alerts: one notification for the alerts of one group that the bus tells of at once, in the order of the group,
 * at least once while the process lives, and across its end when there is a `directory`.
 *
 * It listens to `telemetry.alert.firing` and `.resolved`, whoever emits them. Each attempt is `telemetry.notification.start` and `.stop` or
 * `.exception`. A `retry` is tried again with full jitter until `maxAgeMs`, a `permanent` becomes a dead letter, and after a status 410 nothing more is
 * sent: `telemetry.notification.disabled`. When the queue is nearly full repeats are dropped first. Wrong options throw `invalid_option`.
 */
export function createNotifier(bus: Bus, destination: Destination, options: NotifierOptions = {}): NotifierAttachment {
  const { name, deliver, concurrency = 2, ratePerSecond } = destination
  checkNotifierOptions(name, options)
  const { match, sendResolved = true, maxAlerts = 20, maxItems = 10_000, timeoutMs = 10_000, id = name } = options
  const matches = match && compileMatchers(`${name}: option 'match'`, match)
  const patterns = ['telemetry.alert.firing', ...(sendResolved ? ['telemetry.alert.resolved'] : [])]
  const isDurable = options.directory !== undefined
  const gatherings = new Map<string, Gathering>()
  let isDetached = false

  const detachRow = bus.attachMany(id, patterns, onAlert, undefined, { flush, close: async () => detach() })
  const pending = open()
  const delivery = createDelivery(bus, name, deliver)
  const sender = createSender<OutboxItem>(bus, {
    queue: pending,
    concurrency,
    ...(ratePerSecond !== undefined && { ratePerSecond }),
    // The destination has the time that it asked for; this is for one that does not keep to it.
    timeoutMs: timeoutMs + 5_000,
    deliver: delivery.deliver,
  })
  const leaveExit = flushOnExit(bus)

  function open() {
    try {
      return openPending(bus, name, options)
    } catch (error) {
      detachRow()
      throw error
    }
  }

  function onAlert(event: string, measurements: object, metadata: Words): void {
    try {
      gather(event, measurements, metadata)
    } catch {
      // Getters that throw, revoked proxies: their plain copy cannot.
      gather(event, toPlain(measurements), toPlain(metadata))
    }
  }

  function gather(event: string, measurements: object, metadata: Words): void {
    if (matches !== undefined && !matches(labelsOf(readAlert(event, measurements, metadata)))) return
    gatheringOf(metadata).add(event, measurements, metadata)
  }

  function gatheringOf({ notification_id, group, alert_id }: Words): Gathering {
    const key = textOf(notification_id) ?? randomUUID()
    const known = gatherings.get(key)
    if (known !== undefined) return known
    const made = new Gathering(key, textOf(group) ?? textOf(alert_id) ?? key, maxAlerts)
    if (gatherings.size === 0) queueMicrotask(hand)
    gatherings.set(key, made)
    if (isDurable) bus.execute('telemetry.notification.queued', {}, { destination: name, notification_id: key })
    return made
  }

  /** Hands on what has been told of in this turn. */
  function hand(): void {
    const whole = [...gatherings.values()]
    gatherings.clear()
    for (const gathering of whole) void put(gathering)
  }

  async function put(gathering: Gathering): Promise<void> {
    const stored = await store(gathering)
    if (!isDurable) return
    const metadata = { destination: name, notification_id: gathering.id, where: stored }
    bus.execute('telemetry.notification.stored', {}, metadata)
  }

  async function store(gathering: Gathering): Promise<'disk' | 'memory' | 'settled'> {
    if (isDetached || (gathering.isRepeat && pending.size >= maxItems * ROOM_FOR_NEWS)) {
      pending.countLost(isDetached ? 'shutdown' : 'overflow', 1)
      return 'settled'
    }
    const notification = gathering.toNotification(bus.clock.wallTime())
    return pending.put(encodeNotification(notification), gathering.id, gathering.group)
  }

  function flush(): Promise<void> {
    hand()
    return sender.flush()
  }

  function detach(): void {
    if (isDetached) return
    hand()
    isDetached = true
    detachRow()
    leaveExit()
    sender.close()
  }

  return {
    detach,
    flush,
    status: delivery.status,
    deadLetters: pending.deadLetters,
    ledger: pending.ledger,
  }
}

function toPlain(value: object): Words {
  const safe = toSafe(value)
  return typeof safe === 'object' && safe !== null ? { ...safe } : {}
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 256 ? value : undefined
}
