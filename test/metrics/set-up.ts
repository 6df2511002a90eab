import type { Measurements, Metadata } from '../../src/core/types.ts'
import { createStore } from '../../src/metrics/create-store.ts'
import type { MetricDefinition } from '../../src/metrics/definition.ts'
import type { MetricStore, StoreOptions } from '../../src/metrics/metric-store.ts'
import { type ManualClock, manualClock } from '../../src/testing/manual-clock.ts'

/** What a store reported. */
export interface Report {
  readonly event: string
  readonly measurements: Measurements
  readonly metadata: Metadata
}

interface SetUp {
  readonly clock: ManualClock
  readonly reports: Report[]
  readonly store: MetricStore
  emit(event: string, measurements: Measurements, metadata?: Metadata): void
}

/** A store on a clock that stands at 1,000 seconds, with what it reports and a way to record an event. */
export function setUp(metrics: readonly MetricDefinition[], options: Partial<StoreOptions> = {}): SetUp {
  const clock = manualClock(1_000_000)
  const reports: Report[] = []
  const report: StoreOptions['report'] = (event, measurements, metadata) =>
    reports.push({ event, measurements, metadata })
  const store = createStore({ metrics, clock, report, ...options })
  const emit = (event: string, measurements: Measurements, metadata: Metadata = {}) =>
    store.recorder(event)?.(measurements, metadata)
  return { clock, reports, store, emit }
}
