import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { nodeEvents } from '../../../src/catalog/node.ts'
import type { Bus } from '../../../src/core/types.ts'
import { startPoller } from '../../../src/runtime/poller.ts'

/** Polls this process until every `node.*` event has been emitted; `bus` must be on a clock that runs. */
export async function drive(bus: Bus): Promise<void> {
  const missing = new Set<string>(nodeEvents.names)
  const detach = bus.attachMany('driver-node', nodeEvents.names, (event) => void missing.delete(event))
  const poller = startPoller(bus, { periodMs: 20 })
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  while (missing.size > 0) {
    if (missing.has('node.gc.completed') && typeof collect === 'function') collect()
    // Real time has to pass: what is told is the difference between two polls of the real process.
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  poller.stop()
  detach()
}
