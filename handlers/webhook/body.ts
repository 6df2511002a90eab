import { type Alert, labelsOf, type Notification } from 'sonde/notify'

/** What a body says of its sender. */
export interface Sender {
  readonly receiver: string
  readonly externalUrl: string
  /** Labels of every alert; those that an alert has itself win. */
  readonly labels: { readonly [label: string]: string }
}

interface Strings {
  readonly [key: string]: string
}

interface Shown {
  readonly status: Alert['status']
  readonly labels: Strings
  readonly annotations: Strings
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL: string
  readonly fingerprint: string
}

/** The body of Alertmanager's webhooks, version 4 (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config). */
export interface WebhookBody {
  readonly version: '4'
  readonly groupKey: string
  /** Alerts that are counted and not listed. */
  readonly truncatedAlerts: number
  readonly status: Notification['status']
  readonly receiver: string
  readonly groupLabels: Strings
  readonly commonLabels: Strings
  readonly commonAnnotations: Strings
  readonly externalURL: string
  readonly alerts: readonly Shown[]
}

/** How Go writes the time that is none. */
const NO_TIME = '0001-01-01T00:00:00Z'

/** Renders a notification. All values are strings, as in Alertmanager; the name of the rule is the label `alertname`. */
export function writeBody(notification: Notification, sender: Sender): WebhookBody {
  const { group, firing, resolved, status } = notification
  const alerts = notification.alerts.map((alert) => show(alert, sender.labels))
  return {
    version: '4',
    groupKey: group,
    truncatedAlerts: firing + resolved - alerts.length,
    status,
    receiver: sender.receiver,
    groupLabels: {},
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: sender.externalUrl,
    alerts,
  }
}

function show(alert: Alert, extra: Strings): Shown {
  const { rule: alertname, ...labels } = labelsOf(alert)
  return {
    status: alert.status,
    labels: { ...extra, ...labels, alertname: alertname ?? '' },
    annotations: annotationsOf(alert),
    startsAt: new Date(alert.startedAt).toISOString(),
    endsAt: alert.endedAt === undefined ? NO_TIME : new Date(alert.endedAt).toISOString(),
    generatorURL: '',
    fingerprint: alert.id,
  }
}

function annotationsOf({ message, value, threshold, unit, occurrences, reason, ...alert }: Alert): Strings {
  const { suppressed, suppressedFirst, suppressedLast, degradationFactor } = alert
  return {
    summary: message,
    value: String(value),
    threshold: String(threshold),
    unit,
    occurrences: String(occurrences),
    suppressed: String(suppressed),
    ...(suppressedFirst !== undefined && { suppressed_first: new Date(suppressedFirst).toISOString() }),
    ...(suppressedLast !== undefined && { suppressed_last: new Date(suppressedLast).toISOString() }),
    ...(degradationFactor !== undefined && { degradation_factor: String(degradationFactor) }),
    reason,
  }
}

/** What all of them have, with the same value. */
function common([first = {}, ...others]: readonly Strings[]): Strings {
  const same = ([key, value]: [string, string]) =>
    others.every((other) => Object.hasOwn(other, key) && other[key] === value)
  return Object.fromEntries(Object.entries(first).filter(same))
}
