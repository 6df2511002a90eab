import { telemetry } from 'sonde'
import { type ActiveAlert, type AlertRule, attachAlerts, nodeRules } from 'sonde/handlers/alerts'
import { attachSlack } from 'sonde/handlers/slack'
import { attachWebhook } from 'sonde/handlers/webhook'
import type { Action } from './actions.ts'
import { attachAlertLog, type LogEntry } from './alert-log.ts'
import { type Delivered, startReceiver } from './receiver.ts'
import { SLOW_MS, slowness } from './slowness.ts'

/** What the page of alerts shows. */
export interface AlertsReading {
  readonly slow: boolean
  readonly active: readonly ActiveAlert[]
  readonly log: readonly LogEntry[]
  readonly delivered: readonly Delivered[]
}

export interface ObservatoryAlerts {
  read(): AlertsReading
  /** How many fire. */
  firing(): number
  /** What the buttons of the page do, by path. */
  readonly actions: Readonly<Record<string, Action>>
  close(): Promise<void>
}

const served = ['http.server.request.stop', 'http.server.request.exception']

const rules: readonly AlertRule[] = [
  {
    name: 'slow',
    kind: 'performance_degradation',
    event: served,
    measurement: 'duration',
    stat: 'p95',
    above: '600ms',
    minCount: 5,
    windowMs: 15_000,
    by: ['method', 'route'],
    severity: 'high',
    summary: '{method} {route}: the p95 is {value}, limit {threshold}',
  },
  {
    name: 'failing',
    kind: 'error_rate',
    event: served,
    keep: ({ outcome }) => outcome === 'error',
    over: served,
    stat: 'ratio',
    above: '25%',
    severity: 'critical',
    summary: '{value} of all requests fail, limit {threshold}',
  },
  ...nodeRules,
]

/**
 * Watches the service with rules, and sends what they find to a receiver of its own. Times are short, as people watch: in
 * production an alert is told again after minutes.
 */
export async function startAlerts(): Promise<ObservatoryAlerts> {
  const receiver = await startReceiver()
  const log = attachAlertLog(telemetry)
  const alerts = attachAlerts(telemetry, {
    rules,
    checkIntervalMs: 1_000,
    groupWaitMs: 2_000,
    groupIntervalMs: 5_000,
    suppression: { minIntervalMs: 20_000 },
  })
  attachWebhook(telemetry, receiver.webhook)
  attachSlack(telemetry, receiver.slack)

  return {
    read: () => ({ slow: slowness.delayMs > 0, active: alerts.active(), log: log(), delivered: receiver.delivered() }),
    firing: () => alerts.active().length,
    actions: {
      '/alerts/slow': ({ slow }) => {
        slowness.delayMs = slow === true ? SLOW_MS : 0
        return typeof slow === 'boolean'
      },
      '/alerts/acknowledge': ({ id }) => typeof id === 'string' && alerts.acknowledge(id, 'the page'),
      '/alerts/silence': ({ rule }) => {
        if (typeof rule !== 'string') return false
        alerts.silence({ match: { rule }, durationMs: 60_000, comment: 'from the page' })
        return true
      },
    },
    close: receiver.close,
  }
}
