import { attachPerformance } from '../../../handlers/performance/index.ts'
import type { Bus } from '../../../src/core/types.ts'
import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'

export const clock: ManualClock = manualClock(1_700_000_000_000)

/** An operation that becomes ten times as slow, and something that waits too long. */
export function drive(bus: Bus): void {
  const performance = attachPerformance(bus, { operations: ['driver.work'], minCount: 1, warmUp: 1 })
  for (const duration of [1e6, 1e6, 1e7]) {
    bus.execute('driver.work.stop', { duration, queue_time: 6e9 }, {})
    clock.advance(60_000)
  }
  performance.detach()
}
