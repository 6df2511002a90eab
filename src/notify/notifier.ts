import { randomUUID } from 'node:crypto'
import type { Bus } from '../core/types.ts'
import type { DropReason } from '../delivery/drop-report.ts'
import { flushOnExit } from '../delivery/exit.ts'
import type { SinkStatus } from '../delivery/export-tracker.ts'
import type { Ledger } from '../delivery/ledger.ts'
import type { DeadLetter } from '../delivery/outbox/dead-letters.ts'
import type { Stored } from '../delivery/outbox/journal.ts'
import type { OutboxItem } from '../delivery/outbox/outbox.ts'
import { createSender } from '../delivery/sender.ts'
import { labelsOf } from './alert.ts'
import { createDelivery, type DeliverNotification } from './delivery.ts'
import { Gathering, type Ready } from './gathering.ts'
import { compileMatchers } from './matchers.ts'
import { checkNotifierOptions, type NotifierOptions } from './options.ts'
import { openPending, type Pending } from './pending.ts'
import { readAlert } from './read-alert.ts'
import { encodeNotification } from './stored-notification.ts'
import { type Told, toTold } from './told.ts'

const ACKNOWLEDGED = 'telemetry.alert.acknowledged'

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
  /** One notification for each alert instead of one for each group: for receivers that take alerts one by one. Default false. */
  readonly each?: boolean
  /** Whether it is told of `telemetry.alert.acknowledged` too: as an alert whose `reason` is `acknowledged`. Default false. */
  readonly acknowledgements?: boolean
}

/** The attachment of every handler that notifies. */
export interface NotifierAttachment {
  /** Notifies no more. What waits stays on disk for the next start; in memory it is dropped: `shutdown`. Safe to repeat. */
  detach(): void
  /** Resolves when all that was told so far is delivered or given up, or when the handler is detached. */
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
 * sent: `telemetry.notification.disabled`. When the queue is nearly full repeats are dropped first. With a `directory`, each notification taken
 * is `telemetry.notification.queued` within the emit of its first alert, and `.stored` once, whatever becomes of it. Wrong options throw `invalid_option`.
 */
export function createNotifier(bus: Bus, destination: Destination, options: NotifierOptions = {}): NotifierAttachment {
  const { name, deliver, concurrency = 2, ratePerSecond, each = false, acknowledgements = false } = destination
  checkNotifierOptions(name, options)
  const { match, sendResolved = true, maxAlerts = 20, maxItems = 10_000, timeoutMs = 10_000, id = name } = options
  const matches = match === undefined ? () => true : compileMatchers(`${name}: option 'match'`, match)
  const patterns = [
    'telemetry.alert.firing',
    ...(sendResolved ? ['telemetry.alert.resolved'] : []),
    ...(acknowledgements ? [ACKNOWLEDGED] : []),
  ]
  const held = { maxAlerts: each ? maxItems : maxAlerts, order: each ? 'told' : 'worst' } as const
  const isDurable = options.directory !== undefined
  const gatherings = new Map<string, Gathering>()
  let isDetached = false
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })

  const detachRow = bus.attachMany(id, patterns, onAlert, undefined, { flush, close: async () => detach() })
  const delivery = createDelivery(bus, name, deliver)
  const { pending, sender } = open()
  const leaveExit = flushOnExit(bus)

  function open() {
    let pending: Pending | undefined
    try {
      pending = openPending(bus, name, options)
      const sender = createSender<OutboxItem>(bus, {
        queue: pending,
        concurrency,
        ...(ratePerSecond !== undefined && { ratePerSecond }),
        // The destination has the time that it asked for; this is for one that does not keep to it.
        timeoutMs: timeoutMs + 5_000,
        deliver: delivery.deliver,
      })
      return { pending, sender }
    } catch (error) {
      detachRow()
      pending?.close()
      gatherings.clear()
      throw error
    }
  }

  function onAlert(event: string, measurements: object, metadata: object): void {
    const told = toTold(event, measurements, metadata)
    // Of what is acknowledged no labels are told, and a receiver that does not know of it makes nothing of it.
    if (match !== undefined && event !== ACKNOWLEDGED && !matches(labelsOf(readAlert(event, measurements, metadata))))
      return
    gatheringOf(told).add(told)
  }

  function gatheringOf({ notificationId, group, alertId }: Told): Gathering {
    const key = notificationId ?? randomUUID()
    const known = gatherings.get(key)
    if (known !== undefined) return known
    // More than the queue has room for would be dropped by it.
    if (gatherings.size >= maxItems) hand()
    const made = new Gathering(key, group ?? alertId ?? key, held)
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
    const time = bus.clock.wallTime()
    const ready = each ? gathering.each(time) : [gathering.whole(time)]
    if (each) pending.countLost('overflow', gathering.omitted)
    const all = await Promise.all(ready.map(store))
    if (!isDurable) return
    const where = (['memory', 'disk', 'settled'] as const).find((place) => all.includes(place)) ?? 'settled'
    bus.execute('telemetry.notification.stored', {}, { destination: name, notification_id: gathering.id, where })
  }

  async function store({ notification, isRepeat }: Ready): Promise<Stored> {
    if (isRepeat && pending.size >= maxItems * ROOM_FOR_NEWS) {
      pending.countLost('overflow', 1)
      return 'settled'
    }
    return pending.put(encodeNotification(notification), notification.id, notification.group)
  }

  function flush(): Promise<void> {
    // On disk there may be something that nobody delivers any more.
    if (isDetached) return Promise.resolve()
    hand()
    return Promise.race([sender.flush(), ended])
  }

  function detach(): void {
    if (isDetached) return
    isDetached = true
    detachRow()
    hand()
    leaveExit()
    sender.close()
    end()
  }

  return {
    detach,
    flush,
    status: delivery.status,
    deadLetters: pending.deadLetters,
    ledger: pending.ledger,
  }
}
