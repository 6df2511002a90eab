import { TelemetryError } from 'sonde'
import type { MetricStore } from 'sonde/metrics'
import type { InhibitRule } from './inhibition.ts'
import type { MaintenanceWindow } from './maintenance.ts'
import type { AlertRule, Suppression } from './rule.ts'

/** What people are to be told of, and how often. Times are milliseconds. */
export interface AlertsOptions {
  readonly rules: readonly AlertRule[]
  /** The metrics that rules name: `attachMetrics(bus, …).store`. */
  readonly store?: MetricStore
  /** Between two evaluations, default 10,000. Rules about plain events do not wait for it. */
  readonly checkIntervalMs?: number
  /** Of all rules that do not say otherwise. */
  readonly suppression?: Suppression
  /** Labels that the alerts of one notification share: tags, `rule`, `kind`, `severity`. Default `['rule']`; `[]`: all are one group. */
  readonly groupBy?: readonly string[]
  /** How long the first alert of a group waits for others. Default 0: what one evaluation finds is told of together. */
  readonly groupWaitMs?: number
  /** Between two notifications of a group. Default 30,000. */
  readonly groupIntervalMs?: number
  readonly maintenance?: readonly MaintenanceWindow[]
  readonly inhibit?: readonly InhibitRule[]
  /** Alerts, silences and what waits survive the process here. One process at a time. */
  readonly directory?: string
  /** Alerts that are kept in mind, default 10,000; what goes beyond is counted in one alert per rule. */
  readonly maxAlerts?: number
  /** Notifications that `history()` knows, default 500. */
  readonly maxHistory?: number
  /** Handler id, when there are several on one bus. Default `alerts`. */
  readonly id?: string
}

/** Node fires timers at once that are longer. */
const LONGEST_INTERVAL_MS = 2 ** 31 - 1

/** Fills in the defaults. Throws `invalid_option`; rules, windows and matchers are checked where they are compiled. */
export function readOptions(options: AlertsOptions): Required<Omit<AlertsOptions, 'store' | 'directory'>> {
  if (typeof options !== 'object' || options === null || !Array.isArray(options.rules))
    throw invalid("needs 'rules', a list")
  const { rules, checkIntervalMs = 10_000, suppression = {}, groupBy = ['rule'], groupWaitMs = 0 } = options
  const { groupIntervalMs = 30_000, maintenance = [], inhibit = [], id = 'alerts' } = options
  const { maxAlerts = 10_000, maxHistory = 500 } = options
  if (!rules.every((rule) => typeof rule === 'object' && rule !== null)) throw invalid("'rules' must be objects")
  const names = new Set(rules.map(({ name }) => name))
  if (names.size < rules.length) throw new TelemetryError('invalid_rule', 'alerts: two rules have the same name')
  checkTime('checkIntervalMs', checkIntervalMs, 1)
  checkTime('groupWaitMs', groupWaitMs, 0)
  checkTime('groupIntervalMs', groupIntervalMs, 0)
  checkCount('maxAlerts', maxAlerts, 1)
  checkCount('maxHistory', maxHistory, 0)
  for (const [name, list] of Object.entries({ groupBy, maintenance, inhibit }))
    if (!Array.isArray(list)) throw invalid(`'${name}' must be a list`)
  if (!groupBy.every((label) => typeof label === 'string')) throw invalid("'groupBy' must be a list of labels")
  return {
    ...{ rules, checkIntervalMs, suppression, groupBy, groupWaitMs, groupIntervalMs },
    ...{ maintenance, inhibit, maxAlerts, maxHistory, id },
  }
}

function checkTime(name: string, value: number, min: number): void {
  if (!(typeof value === 'number' && value >= min && value <= LONGEST_INTERVAL_MS))
    throw invalid(`'${name}' must be milliseconds from ${min} on`)
}

function checkCount(name: string, value: number, min: number): void {
  if (!(Number.isInteger(value) && value >= min && value <= 1_000_000))
    throw invalid(`'${name}' must be a whole number from ${min} to 1,000,000`)
}

function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `alerts: ${problem.startsWith("'") ? 'option ' : ''}${problem}`)
}
