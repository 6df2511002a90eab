import type { Bus } from 'sonde'
import { classifyWebhook, type DeliveryResult, type Outcome, post } from 'sonde/delivery'
import { createNotifier, type NotifierAttachment } from 'sonde/notify'
import { writeEvent } from './event.ts'
import { checkPagerDutyOptions, type PagerDutyOptions } from './options.ts'

export type { PagerDutyOptions } from './options.ts'

/**
 * Opens, acknowledges and resolves incidents of PagerDuty by its Events API v2: one event for each alert.
 *
 * Each alert is delivered by itself, at least once and in order; an event that comes twice changes nothing, because the `dedup_key` is the id of the
 * alert. 202 is delivered, 400 becomes a dead letter, 429 and 5xx are tried again. `telemetry.alert.acknowledged` acknowledges the incident.
 * What is lost and when: see `createNotifier`. Wrong options throw `invalid_option`.
 */
export function attachPagerDuty(bus: Bus, options: PagerDutyOptions): NotifierAttachment {
  const { url, routingKey, origin, post: how } = checkPagerDutyOptions(options)
  const destination = {
    name: 'pagerduty',
    each: true,
    acknowledgements: true,
    async deliver({ alerts: [alert] }, { signal }) {
      if (alert === undefined) return { outcome: 'permanent', reason: 'no alert' } satisfies DeliveryResult
      const body = JSON.stringify({ routing_key: routingKey, ...writeEvent(alert, origin) })
      return post(url, body, { ...how, signal, clock: bus.clock, classify })
    },
  } satisfies Parameters<typeof createNotifier>[1]
  return createNotifier(bus, destination, options)
}

/** Another 2xx than 202 is not of PagerDuty, but of something on the way. */
function classify(status: number): Outcome {
  const outcome = classifyWebhook(status)
  return outcome === 'delivered' && status !== 202 ? 'retry' : outcome
}
