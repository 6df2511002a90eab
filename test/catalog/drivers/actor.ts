import { genServer, noReply } from '../../../src/actor/gen-server.ts'
import type { From } from '../../../src/actor/request.ts'
import { genStatem } from '../../../src/actor/statem.ts'
import { supervisor } from '../../../src/actor/supervisor.ts'
import { createActorSystem } from '../../../src/actor/system.ts'
import { startWatchdog } from '../../../src/actor/watchdog.ts'
import type { Bus } from '../../../src/core/types.ts'
import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'

export const clock: ManualClock = manualClock(1_700_000_000_000)

/** Actors that are named, linked, monitored, full, late, called off, that crash and that end. */
export async function drive(bus: Bus): Promise<void> {
  const system = createActorSystem({ bus, name: 'driver', watched: ['till'] })
  const waiting: From[] = []
  const answer = (request: unknown, from: From) => {
    if (request !== 'late') return 'answer'
    waiting.push(from)
    return noReply
  }
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
  const served = supervisor({
    restarts: 1,
    children: [
      { id: 'server', options: { name: 'server' }, start: () => genServer({ handleCall: answer, handleCast: crash }) },
    ],
  })
  system.spawn(served)
  await system.idle()
  await system.call('server', 'now')
  const late = system.call('server', 'late', { timeoutMs: 5 }).catch(() => {})
  await system.idle()
  clock.advance(5)
  await late
  for (const from of waiting) from.reply('too late')
  for (let restart = 0; restart < 2; restart++) {
    await system.cast('server', 'crash')
    await system.idle()
  }
  const light = system.spawn(genStatem({ transitions: '[*] --> red\nred --> green : go' }))
  for (const event of ['nonsense', 'go']) system.trySend(light, event)
  await system.idle()
  let starts = 0
  const flaky = {
    started() {
      if (++starts === 2) throw new Error('of the driver')
    },
    receive: crash,
  }
  system.spawn(supervisor({ children: [{ id: 'flaky', options: { name: 'flaky' }, start: () => flaky }] }))
  await system.idle()
  system.trySend('flaky', 'x')
  await system.idle()
  clock.advance(5_000)
  await stall(bus)
  // An end that is normal changes nothing at those that are linked.
  system.stop(other)
  await system.idle()
  await system.shutdown()
}

/** A function that does not return for a while. */
async function stall(bus: Bus): Promise<void> {
  const watchdog = await startWatchdog({ bus, stalledMs: 100 })
  const until = performance.now() + 250
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 60))
  await watchdog.stop()
}
