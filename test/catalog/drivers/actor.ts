import { createActorSystem } from '../../../src/actor/system.ts'
import type { Bus } from '../../../src/core/types.ts'
import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'

export const clock: ManualClock = manualClock(1_700_000_000_000)

/** Actors that are named, linked, monitored, full, late, called off, that crash and that end. */
export async function drive(bus: Bus): Promise<void> {
  const system = createActorSystem({ bus, name: 'driver' })
  const crash = () => {
    throw new Error('of the driver')
  }
  const till = system.spawn(() => {}, { name: 'till', type: 'Till', mailbox: { capacity: 1 } })
  const bad = system.spawn(crash, { type: 'Bad' })
  const watcher = system.spawn({
    receive: (_message, ctx) => void ctx.trySend(till, { type: 'pay' }),
    started: (ctx) => void ctx.monitor(bad),
  })
  const other = system.spawn(() => {})
  await system.idle()
  system.link(till, other)
  for (const pid of [till, till, bad, watcher]) system.trySend(pid, { type: 'work' })
  system.trySend('nobody', 'x')
  try {
    system.register('till', other)
  } catch {
    // The name is taken: that is what is told of.
  }
  system.whereis('till')
  system.cancelTimer(system.sendAfter(5, till, 'x'))
  system.sendAfter(5, till, 'x')
  await system.idle()
  clock.advance(5)
  await system.idle()
  // An end that is normal changes nothing at those that are linked.
  system.stop(other)
  await system.idle()
  await system.shutdown()
}
