import type { Alert } from 'sonde/notify'
import type { Telegram } from './groups.ts'

/** The event that tells of an alert, but for the id of the notification that it becomes part of. */
export function toTelegram(alert: Alert, group: string): Telegram {
  const { measurements, metadata } = toEvent(alert, group)
  const { status, suppressedFirst, suppressedLast, endedAt } = alert
  return {
    event: status === 'firing' ? 'telemetry.alert.firing' : 'telemetry.alert.resolved',
    measurements,
    metadata: {
      ...metadata,
      ...(suppressedFirst !== undefined && { suppressed_first: suppressedFirst }),
      ...(suppressedLast !== undefined && { suppressed_last: suppressedLast }),
      ...(endedAt !== undefined && { ended_at: endedAt }),
    },
  }
}

/** What all three events of an alert have in common. */
export function toEvent(alert: Alert, group: string): Pick<Telegram, 'measurements' | 'metadata'> {
  const { value, threshold, occurrences, suppressed, degradationFactor } = alert
  const { id, rule, kind, severity, message, tags, reason, startedAt, unit } = alert
  return {
    measurements: {
      value,
      threshold,
      occurrences,
      suppressed,
      ...(degradationFactor !== undefined && { degradation_factor: degradationFactor }),
    },
    metadata: { alert_id: id, rule, kind, severity, message, tags, reason, started_at: startedAt, unit, group },
  }
}
