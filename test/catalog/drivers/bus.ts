import type { Bus } from '../../../src/core/types.ts'
import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'

export const clock: ManualClock = manualClock(1_700_000_000_000)

/** Makes a bus tell of itself: handlers that fail in every way and recover, a slow one, a recursion, a span that nobody ends, new rules. */
export async function drive(bus: Bus): Promise<void> {
  await failInEveryWay(bus)
  const slow = bus.attach('driver-slow', 'driver.slow', () => clock.advance(51))
  // One emit in 64 is timed.
  for (let i = 0; i < 64; i++) bus.execute('driver.slow', {})
  slow()

  const recursive = bus.attach('driver-recursive', 'driver.recursive', () => bus.execute('driver.recursive', {}))
  bus.execute('driver.recursive', {})
  recursive()

  bus.startSpan('driver.work', {}, { deadlineMs: 10 })
  clock.advance(10)

  bus.control({ sampling: [{ pattern: 'driver.rare', rate: 0.5 }] })
}

async function failInEveryWay(bus: Bus): Promise<void> {
  let healthy = false
  const fail = () => {
    if (!healthy) throw new Error('driver')
  }
  const detaches = (['quarantine', 'detach', 'keep'] as const).map((onFailure) =>
    bus.attach(`driver-${onFailure}`, 'driver.failing', fail, { some: 'config' }, { onFailure }),
  )
  detaches.push(bus.attach('driver-rejecting', 'driver.failing', async () => fail()))
  bus.execute('driver.failing', { count: 1 })
  await new Promise(setImmediate)
  healthy = true
  clock.advance(1_000)
  bus.execute('driver.failing', { count: 2 })
  await new Promise(setImmediate)
  for (const detach of detaches) detach()
}
