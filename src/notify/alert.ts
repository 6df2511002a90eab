/** From the worst down. */
export const severities = ['critical', 'high', 'medium', 'low'] as const

export type Severity = (typeof severities)[number]

/** One alert, as people are told of it: plain, bounded data without known secrets. */
export interface Alert {
  /** The same for one rule and one set of tags, across restarts too. */
  readonly id: string
  readonly rule: string
  /** Such as `threshold`, `error_rate`, `performance_degradation`. */
  readonly kind: string
  readonly severity: Severity
  readonly status: 'firing' | 'resolved'
  readonly message: string
  readonly tags: { readonly [key: string]: string }
  readonly value: number
  readonly threshold: number
  /** Of `value` and `threshold`; see `formatValue` of `sonde/catalog`. */
  readonly unit: string
  /** Since the alert began. */
  readonly occurrences: number
  /** Occurrences since the last notification that nobody was told of. */
  readonly suppressed: number
  /** When those were, in milliseconds since the epoch. */
  readonly suppressedFirst?: number
  readonly suppressedLast?: number
  readonly degradationFactor?: number
  /** Why it is told now: `first`, `repeat`, `resolved`, … */
  readonly reason: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly endedAt?: number
}

/** What people are told at once: the alerts of one group. */
export interface Notification {
  /** The same at every attempt and after a restart: for the receiver to know what it has seen. */
  readonly id: string
  /** Notifications of one group arrive in the order they were made. */
  readonly group: string
  /** `resolved` when none of its alerts fires. */
  readonly status: Alert['status']
  /** The worst first, `maxAlerts` at most. */
  readonly alerts: readonly Alert[]
  /** How many are told of, those included that are not in `alerts`. */
  readonly firing: number
  readonly resolved: number
  /** Sum of `suppressed` of all of them. */
  readonly suppressed: number
  /** When it was made, in milliseconds since the epoch. */
  readonly time: number
}

/** Narrows what may be a severity; anything else is `medium`. */
export function toSeverity(value: unknown): Severity {
  return severities.find((severity) => severity === value) ?? 'medium'
}

/** What matchers, groups and labels go by: the tags, with `rule`, `kind` and `severity` over them. */
export function labelsOf({ rule, kind, severity, tags }: Pick<Alert, 'rule' | 'kind' | 'severity' | 'tags'>): {
  readonly [label: string]: string
} {
  return { ...tags, rule, kind, severity }
}
