import { formatValue } from 'sonde/catalog'
import type { Alert } from 'sonde/notify'
import { type Labels, labelsFor } from './labels.ts'

/** What all alerts of one attachment have in common. */
export interface EncodeOptions {
  readonly labels?: Labels
  readonly annotations?: Labels
  readonly generatorUrl?: string
  readonly resendMs: number
}

/** One alert as API v2 takes it (`postableAlert` of its OpenAPI description). Times are RFC 3339. */
export interface PostableAlert {
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL?: string
}

/** Prometheus gives an alert the end `4 * resend delay` ahead (`rules/alerting.go`, `sendAlerts`): three re-sends may fail. */
const INTERVALS_AHEAD = 4

/**
 * One alert at the moment `now`, in milliseconds since the epoch.
 *
 * One that fires ends four intervals ahead, so that it resolves by itself when nobody sends it again. Times are never after `now` otherwise,
 * whatever was done to clocks, and an alert never ends before it began: Alertmanager refuses that. One without a beginning begins now.
 */
export function encodeAlert(alert: Alert, now: number, options: EncodeOptions): PostableAlert {
  const { labels, annotations, generatorUrl, resendMs } = options
  const startsAt = pastOf(alert.startedAt, now)
  const endsAt =
    alert.status === 'firing' ? now + INTERVALS_AHEAD * resendMs : Math.max(startsAt, pastOf(alert.endedAt, now))
  return {
    labels: labelsFor(alert, labels),
    annotations: { ...annotationsFor(alert), ...annotations },
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    ...(generatorUrl !== undefined && { generatorURL: generatorUrl }),
  }
}

/** `time`, when it is one and not later than `now`. Zero is what a time is that nobody gave. */
function pastOf(time: number | undefined, now: number): number {
  return time !== undefined && time > 0 && time <= now ? time : now
}

/** `summary` is what the templates of Alertmanager and of most others show. */
function annotationsFor(alert: Alert): Labels {
  const { message, value, threshold, unit, occurrences, suppressed, degradationFactor, reason } = alert
  return {
    summary: message,
    value: formatValue(value, unit),
    threshold: formatValue(threshold, unit),
    occurrences: String(occurrences),
    ...(suppressed > 0 && { suppressed: String(suppressed) }),
    ...(degradationFactor !== undefined && { degradation_factor: formatValue(degradationFactor, undefined) }),
    reason,
  }
}
