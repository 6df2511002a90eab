import type { Bus } from '../core/types.ts'
import type { SinkStatus } from '../delivery/export-tracker.ts'
import type { OutboxItem } from '../delivery/outbox/outbox.ts'
import type { DeliveryResult } from '../delivery/outcome.ts'
import type { Notification } from './alert.ts'
import { decodeNotification } from './stored-notification.ts'

/** One attempt to deliver. */
export interface NotificationAttempt {
  /** 1 for the first since the process began. */
  readonly number: number
  /** Aborted when the attempt takes too long or the handler is detached. */
  readonly signal: AbortSignal
}

/**
 * Sends a notification, once, and tells what became of it. One that throws counts as a `retry`: what can never be sent, such as
 * one that a template does not understand, is to be `permanent`. `status` is what the receiver answered.
 */
export type DeliverNotification = (
  notification: Notification,
  attempt: NotificationAttempt,
) => Promise<DeliveryResult & { readonly status?: number }>

/** The attempts of one destination, made visible. */
export interface Delivery {
  deliver(item: OutboxItem, signal: AbortSignal): Promise<DeliveryResult>
  status(): SinkStatus & { readonly disabled: boolean }
}

/** By this a receiver says that it wants no more (RFC 9110, 15.5.11; Standard Webhooks). */
const GONE = 410

/** Runs each attempt between `telemetry.notification.start` and `.stop` or `.exception`, and stops for good after a 410. */
export function createDelivery(bus: Bus, name: string, deliver: DeliverNotification): Delivery {
  const operation = bus.operation('telemetry.notification')
  const attempts = new WeakMap<OutboxItem, number>()
  let isDisabled = false
  let lastSuccess: number | undefined
  let lastFailure: SinkStatus['lastFailure']
  let state: SinkStatus['state'] = 'ok'

  async function attempt(notification: Notification, number: number, signal: AbortSignal): Promise<DeliveryResult> {
    const metadata = {
      destination: name,
      alert_id: notification.alerts[0]?.id ?? '',
      notification_id: notification.id,
    }
    const span = operation.start(metadata, { measurements: { attempt: number } })
    const settle = (result: DeliveryResult & { readonly status?: number }): DeliveryResult => {
      const time = bus.clock.wallTime()
      span.measure({ attempt: number, ended_at: time })
      if (result.status !== undefined) span.set({ status: result.status })
      if (result.outcome === 'delivered') {
        state = 'ok'
        lastSuccess = time
        span.stop()
        return result
      }
      state = 'degraded'
      lastFailure = { time, reason: result.reason }
      span.exception(result.reason)
      if (result.status === GONE && !isDisabled) disable(result.reason)
      return result
    }
    try {
      return settle(await deliver(notification, { number, signal }))
    } catch {
      // What was thrown may quote an address.
      return settle({ outcome: 'retry', reason: 'deliver has thrown' })
    }
  }

  function disable(reason: string): void {
    isDisabled = true
    bus.execute('telemetry.notification.disabled', {}, { destination: name, reason })
  }

  return {
    async deliver(item, signal) {
      if (isDisabled) return { outcome: 'permanent', reason: 'the receiver wants no more' }
      const notification = decodeNotification(item.body)
      if (notification === undefined) return { outcome: 'permanent', reason: 'unreadable' }
      const number = (attempts.get(item) ?? 0) + 1
      attempts.set(item, number)
      return attempt(notification, number, signal)
    },
    status: () => ({ state, lastSuccess, lastFailure, disabled: isDisabled }),
  }
}
