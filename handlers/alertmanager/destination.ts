import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Bus } from 'sonde'
import { createExportTracker, maxRetryAfterMs, type PostResult, post } from 'sonde/delivery'
import { type Alert, createNotifier, type NotifierAttachment } from 'sonde/notify'
import { encodeAlert } from './encode.ts'
import { type AlertmanagerOptions, addressOf, type Settings } from './options.ts'
import { batchesOf, submit } from './submit.ts'
import type { ToldAlerts } from './told-alerts.ts'
import { createTurns } from './turns.ts'

/** One Alertmanager: what the bus tells goes to it through a queue of its own, what is sent again past that. */
export interface Destination {
  readonly notifier: NotifierAttachment
  /** Sends all that fires or has just ended, once. While that goes on, and while the receiver wants to be left alone, it does nothing. */
  resend(): Promise<void>
  detach(): void
}

/** One of several. */
export interface DestinationOptions {
  readonly endpoint: URL
  /** From 1. */
  readonly number: number
  readonly options: AlertmanagerOptions
  readonly settings: Settings
  readonly told: ToldAlerts
}

/** For a whole notification, in milliseconds: it may be of 157 batches, each of which has its own time limit. */
const NOTIFICATION_MS = 600_000

/** Listens and sends until `detach()`. Throws what `createNotifier` throws. */
export function createDestination(bus: Bus, parts: DestinationOptions): Destination {
  const { endpoint, number, options, settings, told } = parts
  const { agent, directory, id = 'alertmanager' } = options
  const { headers, timeoutMs, resendMs } = settings
  const { clock } = bus
  const suffix = number === 1 ? '' : `-${number}`
  const name = `alertmanager${suffix}`
  const tracker = createExportTracker(bus, name)
  const inTurn = createTurns()
  const stopped = new AbortController()
  let isResending = false
  let quietUntil = Number.NEGATIVE_INFINITY

  const notifier = createNotifier(
    bus,
    {
      name,
      // In turn anyway: what arrived late would stand over what is newer.
      concurrency: 1,
      deliver: ({ alerts }, { signal }) => submit(alerts, (batch) => inTurn(() => postAlerts(encode(batch), signal))),
    },
    {
      ...options,
      id: `${id}${suffix}`,
      // All that a notification can hold.
      maxAlerts: 10_000,
      sendResolved: true,
      timeoutMs: NOTIFICATION_MS,
      ...(directory !== undefined && { directory: join(directory, nameOf(endpoint)) }),
    },
  )

  function encode(alerts: readonly Alert[]): string {
    const now = clock.wallTime()
    return JSON.stringify(alerts.map((alert) => encodeAlert(alert, now, { ...options, resendMs })))
  }

  function postAlerts(body: string, signal: AbortSignal): Promise<PostResult> {
    return post(endpoint, body, { headers, timeoutMs, signal, clock, ...(agent && { agent }) })
  }

  async function resend(): Promise<void> {
    if (isResending || clock.monotonicTime() < quietUntil || notifier.status().disabled) return
    isResending = true
    try {
      for (const batch of batchesOf(told.current(clock.monotonicTime()))) if (!(await resendBatch(batch))) return
    } catch {
      // `active` has thrown: the next time may be better.
    } finally {
      isResending = false
    }
  }

  /** Whether it makes sense to go on. */
  async function resendBatch(batch: readonly Alert[]): Promise<boolean> {
    const { outcome, retryAfterMs = 0 } = await submit(batch, (alerts) =>
      inTurn(() => {
        // Only now is it known what is true when it arrives.
        const body = encode(alerts.map(told.latest))
        return tracker.run({ points: alerts.length, bytes: Buffer.byteLength(body) }, () =>
          postAlerts(body, stopped.signal),
        )
      }),
    )
    quietUntil = clock.monotonicTime() + Math.min(retryAfterMs, maxRetryAfterMs) * 1e6
    return outcome !== 'retry'
  }

  return {
    notifier,
    resend,
    detach() {
      stopped.abort()
      notifier.detach()
    },
  }
}

/** A directory of the Alertmanager's own, that neither the order of the addresses nor new credentials change. */
function nameOf(endpoint: URL): string {
  return createHash('sha256').update(addressOf(endpoint)).digest('hex').slice(0, 16)
}
