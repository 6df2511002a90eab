import { type Cluster, joinCluster } from '../../src/cluster/cluster.ts'
import { type MemoryTransport, memoryTransport } from '../../src/cluster/memory-transport.ts'
import { createBus } from '../../src/core/bus.ts'
import type { Bus } from '../../src/core/types.ts'
import { type ManualClock, manualClock } from '../../src/testing/manual-clock.ts'

export interface Joined {
  readonly bus: Bus
  readonly cluster: Cluster
}

export interface ClusterSetup {
  readonly clock: ManualClock
  readonly network: MemoryTransport
  /** Joins one more, with a bus of its own. */
  join(name: string): Promise<Joined>
  /** Lets what is under way arrive, and what is sent in answer to it. */
  settle(): Promise<void>
  /** Moves the clock, a heartbeat at a time. */
  pass(ms: number): Promise<void>
}

/** A network on a clock that stands still. */
export function setupCluster(): ClusterSetup {
  const clock = manualClock()
  const network = memoryTransport()
  const settle = async () => {
    for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    clock,
    network,
    async join(name) {
      const bus = createBus({ clock })
      const cluster = await joinCluster({ transport: network, name, bus })
      await settle()
      return { bus, cluster }
    },
    settle,
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += 500) {
        clock.advance(500)
        await settle()
      }
    },
  }
}
