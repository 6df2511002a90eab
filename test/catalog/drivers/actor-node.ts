import { createActorSystem } from '../../../src/actor/system.ts'
import { joinCluster } from '../../../src/cluster/cluster.ts'
import { memoryTransport } from '../../../src/cluster/memory-transport.ts'
import { createBus } from '../../../src/core/bus.ts'
import type { Bus } from '../../../src/core/types.ts'
import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'

export const clock: ManualClock = manualClock()

/** Actors of two nodes: messages that arrive, that cannot be sent or read, round trips with and without an answer, a node that goes. */
export async function drive(bus: Bus): Promise<void> {
  const network = memoryTransport()
  const settle = async () => {
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  const cluster = await joinCluster({ transport: network, name: 'driver', bus })
  const system = createActorSystem({ bus, cluster })
  const peer = await joinCluster({ transport: network, name: 'peer', bus: createBus({ clock }) })
  await settle()
  system.trySend(system.remote('peer', 'x'), { type: 'work' })
  system.trySend(system.remote('peer', 'x'), { type: 'work', done: () => {} })
  peer.send('driver', 'actor', 'nonsense')
  await settle()
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000)
      await settle()
    }
  }
  await pass(9)
  // Just before the second round trip.
  network.cut('driver', 'peer')
  await pass(5)
  network.mend()
  await peer.leave()
  await system.shutdown()
  await cluster.leave()
}
