import { createBus } from '../../src/core/bus.ts'
import type { Bus } from '../../src/core/types.ts'
import type { PolledMeasurement } from '../../src/runtime/measurement.ts'
import { type Poller, type PollerOptions, startPoller } from '../../src/runtime/poller.ts'
import { type ManualClock, manualClock } from '../../src/testing/manual-clock.ts'

export interface Failure {
  readonly measurement: unknown
  readonly failures: unknown
  readonly retryMs: number
  readonly reason: unknown
}

/** A poller on a clock that stands still, and the failures that it tells of. */
export interface Polling {
  readonly bus: Bus
  readonly clock: ManualClock
  readonly poller: Poller
  readonly failures: Failure[]
}

/** Starts one, with a period of a second. */
export function poll(measurements: readonly PolledMeasurement[], options: PollerOptions = {}): Polling {
  const clock = manualClock()
  const bus = createBus({ clock })
  const failures: Failure[] = []
  bus.attach('failures', 'telemetry.poller.failure', (_event, measurements, { measurement, reason }) => {
    const { failures: count, retry_in } = measurements
    failures.push({ measurement, failures: count, retryMs: Number(retry_in) / 1e6, reason })
  })
  return { bus, clock, failures, poller: startPoller(bus, { measurements, periodMs: 1_000, ...options }) }
}

/** Lets promises settle. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}
