import type { Bus, Cancel } from 'sonde'
import { compileMatchers, labelsOf, type NotifierAttachment, readAlert } from 'sonde/notify'
import { createDestination, type Destination } from './destination.ts'
import { type AlertmanagerOptions, checkOptions } from './options.ts'
import { createToldAlerts } from './told-alerts.ts'

export type { Labels } from './labels.ts'
export type { AlertmanagerOptions } from './options.ts'

/** The attachment of `attachAlertmanager`. */
export interface AlertmanagerAttachment {
  /** Sends no more. What waits stays on disk for the next start; in memory it is dropped. Safe to repeat. */
  detach(): void
  /** Resolves when all that was told so far is delivered or given up. Re-sends are not waited for. */
  flush(): Promise<void>
  /** Of each Alertmanager, in the order of `urls`: `status()`, `deadLetters()` and the `ledger`, which counts notifications. */
  readonly destinations: readonly Pick<NotifierAttachment, 'status' | 'deadLetters' | 'ledger'>[]
  /** Alerts that are not sent again for want of room: more than 10,000 fired, or ended within 15 minutes. */
  readonly forgotten: number
}

/**
 * Sends alerts to Alertmanager, API v2, each to all of `urls`.
 *
 * There are two ways. What the bus tells goes at once through a queue of each Alertmanager, an outbox when there is a `directory`: at least
 * once, in the order of the group. And what holds now is sent again every `resendMs`, out of memory: state, which a later one replaces, so it is
 * in no queue and no books, and one that fails is left to the next. It is what keeps alerts firing (they end by themselves four
 * intervals after the last), and what tells an Alertmanager that has forgotten everything. Both take turns, so nothing overtakes what is newer.
 *
 * Of a batch that is refused the alerts are found that are to blame, and the others delivered; the notification becomes a dead letter whose
 * detail names them. Attempts are `telemetry.notification`, re-sends `telemetry.sink.export`; the sink is `alertmanager`, then `alertmanager-2`
 * and so on. Wrong options throw `invalid_option`.
 */
export function attachAlertmanager(bus: Bus, options: AlertmanagerOptions): AlertmanagerAttachment {
  const settings = checkOptions(options)
  const { match, alerts, id = 'alertmanager' } = options
  const { clock } = bus
  const matches = match && compileMatchers("alertmanager: option 'match'", match)
  const isMeant = (alert: Parameters<typeof labelsOf>[0]) => matches?.(labelsOf(alert)) ?? true
  const told = createToldAlerts(
    alerts && { active: () => alerts.active().filter((alert) => alert.announced !== false && isMeant(alert)) },
  )
  const destinations: Destination[] = []
  const timers: Cancel[] = []

  const patterns = ['telemetry.alert.firing', 'telemetry.alert.resolved']
  const detachRow = bus.attachMany(`${id}-state`, patterns, onAlert, undefined, { close: async () => detach() })
  try {
    for (const [index, endpoint] of settings.endpoints.entries())
      destinations.push(createDestination(bus, { endpoint, number: index + 1, options, settings, told }))
  } catch (error) {
    detach()
    throw error
  }
  const resendAll = () => {
    for (const destination of destinations) void destination.resend()
  }
  timers.push(clock.after(0, resendAll), clock.every(settings.resendMs, resendAll))

  function onAlert(event: string, measurements: object, metadata: object): void {
    const alert = readAlert(event, measurements, metadata)
    if (isMeant(alert)) told.take(alert, clock.monotonicTime())
  }

  function detach(): void {
    detachRow()
    for (const cancel of timers.splice(0)) cancel()
    for (const destination of destinations) destination.detach()
  }

  return {
    detach,
    async flush() {
      await Promise.all(destinations.map(({ notifier }) => notifier.flush()))
    },
    destinations: destinations.map(({ notifier }) => notifier),
    get forgotten() {
      return told.forgotten
    },
  }
}
