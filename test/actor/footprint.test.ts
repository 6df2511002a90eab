import * as assert from 'uvu/assert'
import type { Pid } from '../../src/actor/pid.ts'
import { createActorSystem } from '../../src/actor/system.ts'
import { createBus } from '../../src/core/bus.ts'
import { heldBytes } from '../harness/heap.ts'
import { suite } from '../harness/suite.ts'

const test = suite('actor/footprint', { limitMs: 60_000 })

/** 1,000,000 are run by hand. */
const ACTORS = Number(process.env.SONDE_ACTORS ?? 100_000)

test('an actor that does nothing takes a kilobyte at most', async () => {
  const system = createActorSystem({ bus: createBus() })
  const before = heldBytes()
  const pids = Array.from({ length: 50_000 }, () => system.spawn({ receive() {} }))
  await system.idle()
  const bytes = (heldBytes() - before) / pids.length
  assert.ok(bytes <= 1_024, `${bytes.toFixed(0)} bytes`)
  // What is told of memory is near to what it is.
  assert.ok(bytes > 256 && bytes < 1_024, `${bytes.toFixed(0)} bytes, 512 are told`)
})

test('actors that have ended leave nothing: links, monitors, names, timers and messages included', async () => {
  const system = createActorSystem({ bus: createBus() })
  const watcher = system.spawn({ receive() {} }, { trapExit: true })
  const live = (count: number) => {
    for (let i = 0; i < count; i += 1_000) {
      const pids: Pid[] = []
      for (let n = 0; n < 1_000; n++) pids.push(system.spawn({ receive() {} }, n % 10 === 0 ? { name: `n-${n}` } : {}))
      for (const [n, pid] of pids.entries()) {
        system.trySend(pid, { n })
        if (n % 3 === 0) system.link(pid, watcher)
        if (n % 3 === 1)
          system.demonitor(
            pid,
            system.monitor(pid, () => {}),
          )
        if (n % 3 === 2) system.sendAfter(60_000, pid, n)
      }
      for (const pid of pids) system.exit(pid, 'kill')
    }
  }
  live(2_000)
  await system.idle()
  const before = heldBytes()
  live(ACTORS)
  await system.idle()
  const left = heldBytes() - before
  assert.ok(left <= 5 * 2 ** 20, `${(left / 2 ** 20).toFixed(1)} MiB`)
  assert.equal([system.processes().length, system.observer().names, system.observer().timers], [1, 0, 0])
})

test.run()
