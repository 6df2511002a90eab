import type { Bus } from '../../../src/core/types.ts'
import { startPoller } from '../../../src/runtime/poller.ts'
import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'

export const clock: ManualClock = manualClock(1_700_000_000_000)

/** Polls a measurement that throws. */
export async function drive(bus: Bus): Promise<void> {
  const measure = () => {
    throw new Error('driver')
  }
  const poller = startPoller(bus, { measurements: [{ name: 'driver-measurement', measure }] })
  clock.advance(20_000)
  poller.stop()
}
