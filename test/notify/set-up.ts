import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBus } from '../../src/core/bus.ts'
import type { Bus } from '../../src/core/types.ts'
import type { DeliveryResult } from '../../src/delivery/outcome.ts'
import type { Notification } from '../../src/notify/alert.ts'
import { createNotifier, type Destination, type NotifierAttachment } from '../../src/notify/notifier.ts'
import type { NotifierOptions } from '../../src/notify/options.ts'
import { type CapturedEvent, captureEvents } from '../../src/testing/capture-events.ts'
import { type ManualClock, manualClock } from '../../src/testing/manual-clock.ts'
import { removeDirectory } from '../harness/remove-directory.ts'

export const now = 1_700_000_000_000

export interface NotifierSetup {
  readonly bus: Bus
  readonly clock: ManualClock
  /** Notifications of all attempts. */
  readonly attempts: Notification[]
  readonly events: readonly CapturedEvent[]
  readonly directory: string
  /** What the next attempts come to; with none left they are delivered. */
  readonly answers: (DeliveryResult & { readonly status?: number })[]
  attach(options?: NotifierOptions, destination?: Partial<Destination>): NotifierAttachment
  /** Keys of `telemetry.notification.queued` and `.stored`, in order. */
  promises(): readonly string[]
  end(): void
}

/** A bus on a clock that stands still, and a destination that answers as it is told. */
export function setupNotifier(): NotifierSetup {
  const clock = manualClock(now)
  const bus = createBus({ clock })
  const { events } = captureEvents(bus, ['telemetry.notification.**', 'telemetry.sink.**', 'telemetry.handler.**'])
  const directory = mkdtempSync(join(tmpdir(), 'sonde-notify-'))
  const attempts: Notification[] = []
  const attached: NotifierAttachment[] = []
  const answers: (DeliveryResult & { readonly status?: number })[] = []
  return {
    bus,
    clock,
    attempts,
    events,
    directory,
    answers,
    attach(options = {}, destination = {}) {
      const notifier = createNotifier(
        bus,
        {
          name: 'test',
          async deliver(notification) {
            attempts.push(notification)
            return answers.shift() ?? { outcome: 'delivered', reason: 'ok' }
          },
          ...destination,
        },
        options,
      )
      attached.push(notifier)
      return notifier
    },
    promises: () =>
      events.flatMap(({ event, metadata }) => {
        const { notification_id: id, where } = metadata
        if (event === 'telemetry.notification.queued') return [`queued ${String(id)}`]
        return event === 'telemetry.notification.stored' ? [`stored ${String(id)} ${String(where)}`] : []
      }),
    end() {
      for (const notifier of attached) notifier.detach()
      removeDirectory(directory)
    },
  }
}
