import { fileURLToPath } from 'node:url'
import { type Bridge, createBridge } from '../../src/bridge/bridge.ts'
import type { BridgeOptions } from '../../src/bridge/options.ts'
import { createBus } from '../../src/core/bus.ts'
import type { Bus } from '../../src/core/types.ts'

/** The functions of the tests. */
export const functions: string = fileURLToPath(new URL('programs/functions.py', import.meta.url))

/** What was emitted: name, measurements and metadata. */
export type Emitted = readonly [event: string, measurements: Record<string, unknown>, metadata: Record<string, unknown>]

/** Runs `body` with a bridge of real workers, which is closed afterwards. */
export async function withBridge<T>(
  options: Partial<BridgeOptions>,
  body: (bridge: Bridge, emitted: Emitted[], bus: Bus) => Promise<T>,
): Promise<T> {
  const bus = options.bus ?? createBus()
  const emitted: Emitted[] = []
  bus.attach('emitted', '**', (event: string, measurements: object, metadata: object) => {
    emitted.push([event, { ...measurements }, { ...metadata }])
  })
  const bridge = createBridge({ bus, module: functions, ...options })
  try {
    return await body(bridge, emitted, bus)
  } finally {
    await bridge.close({ drainMs: 1 })
    await bus.close()
  }
}

/** Waits for something that must come; the limit of the test is the limit. */
export async function eventually(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5))
}
