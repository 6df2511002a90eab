import type { Measurements, Metadata } from 'sonde'
import type { Severity } from 'sonde/notify'

/** What kind of trouble a rule is about; a rule may name another one. */
export type AlertKind =
  | 'performance_degradation'
  | 'error_rate'
  | 'error_spike'
  | 'resource_exhaustion'
  | 'threshold'
  | 'absent'
  | 'watchdog'

/** `rate`: per second. `ratio`: to `over`, 0–1. `count`: in the window. `last`: the worst series. `absent`: nothing came. */
export type Stat =
  | 'p50'
  | 'p90'
  | 'p95'
  | 'p99'
  | 'p999'
  | 'mean'
  | 'max'
  | 'min'
  | 'rate'
  | 'ratio'
  | 'count'
  | 'last'
  | 'absent'

/** A number in the unit of what is measured, or with a unit: `'1s'`, `'250ms'`, `'64MB'`, `'5%'`. */
export type Quantity = number | string

/** Milliseconds, or a time with its unit: `'5m'`. */
export type Duration = number | string

/** Bounds of how often people are told of one alert. Times are milliseconds. */
export interface Suppression {
  /** Between two notifications that an alert fires, whether it has been resolved in between or not. Default 300,000. */
  readonly minIntervalMs?: number
  /** Occurrences before people are told for the first time. Default 1. */
  readonly occurrenceThreshold?: number
  /** Until people are told again of an alert that still fires. Default, and at least, `minIntervalMs`. */
  readonly repeatIntervalMs?: number
  /** So many starts and ends within the window are flapping. Default 6 in 600,000; false: never. */
  readonly flapping?: false | { readonly changes?: number; readonly windowMs?: number }
}

interface Common {
  /** Unique among the rules. */
  readonly name: string
  readonly kind?: AlertKind | (string & {})
  /** Default `medium`. */
  readonly severity?: Severity
  /** Another severity from this multiple of the limit on, such as `{ factor: 10, severity: 'high' }`. */
  readonly escalate?: { readonly factor: number; readonly severity: Severity }
  /** For people. `{rule}`, `{value}`, `{threshold}`, `{factor}` and `{tag}` of any tag are filled in. */
  readonly summary?: string
  /** One alert for each combination of these tags (metrics) or metadata keys (events). Default: one alert. */
  readonly by?: readonly string[]
  /** Fires above this. One of `above` and `below`, except for `absent`, `watchdog` and plain events. */
  readonly above?: Quantity
  readonly below?: Quantity
  /** Is resolved at this or on the good side of it. Default: the limit itself. */
  readonly resolveAt?: Quantity
  /** How long it has to be beyond the limit first. Default 0. */
  readonly for?: Duration
  /** How long it has to be good before it is resolved. Default 0. */
  readonly keepFiringFor?: Duration
  /** Below so many values nothing is decided. Default 100 for p99 and p999, 20 for p90, p95 and ratio, 0 for rate and count, else 1. */
  readonly minCount?: number
  /** Of `rate`, `ratio`, `count`, `absent`, of everything about events, and of a plain event: how long one counts. Default 60,000. */
  readonly windowMs?: number
  /** Over those of the handler. */
  readonly suppression?: Suppression
}

/** A rule about a metric of the store. */
export interface MetricRule extends Common {
  readonly metric: string
  readonly stat: Stat
  /** Of `ratio`: the metric that is the whole. */
  readonly over?: string
}

/** A rule about events: each one is an occurrence, or with `stat` what they measure is. */
export interface EventRule extends Common {
  /** Names and patterns. */
  readonly event: string | readonly string[]
  /** The measurement. Default: what tells how often, that is 1 for each event. */
  readonly measurement?: string
  readonly stat?: Stat
  /** Of `ratio`: the events that are the whole. */
  readonly over?: string | readonly string[]
  /** Only events for which this is true. One that throws leaves the event out and is reported. */
  readonly keep?: (metadata: Metadata, measurements: Measurements) => boolean
}

/** A rule that always fires, so that its silence says that the alerts themselves are dead. */
export interface WatchdogRule extends Common {
  readonly kind: 'watchdog'
}

export type AlertRule = MetricRule | EventRule | WatchdogRule
