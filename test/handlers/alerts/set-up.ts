import { type AlertsAttachment, type AlertsOptions, attachAlerts } from '../../../handlers/alerts/index.ts'
import { createBus } from '../../../src/core/bus.ts'
import type { Bus } from '../../../src/core/types.ts'
import { createStore } from '../../../src/metrics/create-store.ts'
import type { MetricDefinition } from '../../../src/metrics/definition.ts'
import type { MetricStore } from '../../../src/metrics/metric-store.ts'
import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'

/** What the bus told of one alert. */
export interface Told {
  /** Without `telemetry.alert.`. */
  readonly event: string
  readonly rule: unknown
  readonly reason: unknown
  readonly measurements: { readonly [key: string]: unknown }
  readonly metadata: { readonly [key: string]: unknown }
}

export interface AlertsSetup {
  readonly bus: Bus
  readonly clock: ManualClock
  readonly store: MetricStore
  readonly alerts: AlertsAttachment
  readonly told: Told[]
  /** `event rule reason` of all that was told since the last call, suppressed ones left out unless asked for. */
  lines(withSuppressed?: boolean): string[]
}

/** Alerts on a clock that stands still, with a store of `metrics`. */
export function setupAlerts(
  options: Omit<AlertsOptions, 'store'>,
  metrics: readonly MetricDefinition[] = [],
  clock: ManualClock = manualClock(1_700_000_000_000),
): AlertsSetup {
  const bus = createBus({ clock })
  const store = createStore({ metrics, clock })
  const told: Told[] = []
  bus.attach('told', 'telemetry.alert.*', (event: string, measurements: object, metadata: object) => {
    const words: { readonly [key: string]: unknown } = { ...metadata }
    const name = event.slice('telemetry.alert.'.length)
    told.push({
      event: name,
      rule: words.rule,
      reason: words.reason,
      measurements: { ...measurements },
      metadata: words,
    })
  })
  const alerts = attachAlerts(bus, { ...options, store })
  let read = 0
  return {
    bus,
    clock,
    store,
    alerts,
    told,
    lines(withSuppressed = false) {
      const fresh = told.slice(read)
      read = told.length
      return fresh
        .filter(({ event }) => withSuppressed || event !== 'suppressed')
        .map(({ event, rule, reason }) => [event, rule, reason].filter((word) => word !== undefined).join(' '))
    },
  }
}
