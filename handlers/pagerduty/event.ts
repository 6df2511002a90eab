import { createHash } from 'node:crypto'
import type { Alert } from 'sonde/notify'

/** What is the same in all events of one handler. */
export interface Origin {
  readonly source: string
  readonly component?: string
  readonly group?: string
}

/** An event of the Events API v2, without the routing key (https://developer.pagerduty.com/docs/send-alert-event). */
export type PagerDutyEvent =
  | { readonly event_action: 'resolve' | 'acknowledge'; readonly dedup_key: string }
  | { readonly event_action: 'trigger'; readonly dedup_key: string; readonly payload: PagerDutyPayload }

export interface PagerDutyPayload extends Origin {
  readonly summary: string
  readonly severity: 'critical' | 'error' | 'warning' | 'info'
  readonly timestamp: string
  readonly class: string
  readonly custom_details: { readonly [key: string]: unknown }
}

const SEVERITIES = { critical: 'critical', high: 'error', medium: 'warning', low: 'info' } as const

const MAX_SUMMARY = 1_024
const MAX_DEDUP_KEY = 255

/** Writes the event of one alert: it opens an incident, or is added to the one that is open, or ends it. */
export function writeEvent(alert: Alert, origin: Origin): PagerDutyEvent {
  const dedup_key = dedupKey(alert.id)
  if (alert.status === 'resolved') return { event_action: 'resolve', dedup_key }
  if (alert.reason === 'acknowledged') return { event_action: 'acknowledge', dedup_key }
  const { message, severity, startedAt, kind } = alert
  const payload = {
    ...origin,
    summary: cut(message),
    severity: SEVERITIES[severity],
    timestamp: new Date(startedAt).toISOString(),
    class: kind,
    custom_details: detailsOf(alert),
  }
  return { event_action: 'trigger', dedup_key, payload }
}

function dedupKey(id: string): string {
  return id.length <= MAX_DEDUP_KEY ? id : createHash('sha256').update(id).digest('hex')
}

/** By code points, so that no character is cut in two. */
function cut(text: string): string {
  const characters = Array.from(text)
  return characters.length <= MAX_SUMMARY ? text : `${characters.slice(0, MAX_SUMMARY - 1).join('')}…`
}

function detailsOf(alert: Alert): PagerDutyPayload['custom_details'] {
  const { rule, value, threshold, unit, occurrences, suppressed, degradationFactor, reason, tags } = alert
  return {
    rule,
    value,
    threshold,
    unit,
    occurrences,
    suppressed,
    ...(degradationFactor !== undefined && { degradation_factor: degradationFactor }),
    reason,
    tags,
  }
}
