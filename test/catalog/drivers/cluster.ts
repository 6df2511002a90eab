import { joinCluster } from '../../../src/cluster/cluster.ts'
import { memoryTransport } from '../../../src/cluster/memory-transport.ts'
import { createBus } from '../../../src/core/bus.ts'
import type { Bus } from '../../../src/core/types.ts'
import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'

export const clock: ManualClock = manualClock()

/** Nodes that come and go, frames that are lost or mean nothing, and a transport that refuses one. */
export async function drive(bus: Bus): Promise<void> {
  const network = memoryTransport()
  const settle = async () => {
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  const cluster = await joinCluster({ transport: network, name: 'driver', bus })
  const peer = await joinCluster({ transport: network, name: 'peer', bus: createBus({ clock }) })
  await settle()
  network.cut('driver', 'peer')
  peer.send('driver', 'driver', 1)
  await settle()
  network.mend()
  peer.send('driver', 'driver', 2)
  cluster.send('peer', 'driver', 3)
  const stranger = await network.connect({ node: 'stranger', onStatus() {} })
  stranger.publish('sonde.all', 'nonsense')
  await settle()
  await peer.leave()
  await settle()
  await drivePublishFailure(bus)
  await cluster.leave()
}

/** A transport that takes nothing but what says that somebody is there. */
async function drivePublishFailure(bus: Bus): Promise<void> {
  const network = memoryTransport()
  const publish = (body: (subject: string, text: string) => void) => (subject: string, text: string) => {
    if (text.includes('driver.refused')) throw new Error('refused')
    body(subject, text)
  }
  const transport = {
    async connect(options: Parameters<typeof network.connect>[0]) {
      const connection = await network.connect(options)
      return { ...connection, publish: publish(connection.publish) }
    },
  }
  const cluster = await joinCluster({ transport, name: 'driver', bus })
  const peer = await joinCluster({ transport: network, name: 'peer', bus: createBus({ clock }) })
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
  try {
    cluster.send('peer', 'driver.refused', 1)
  } catch {
    // What is told of it is what this is for.
  }
  await peer.leave()
  await cluster.leave()
}
