import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBridge } from '../../../src/bridge/bridge.ts'
import { systemClock } from '../../../src/core/clock.ts'
import type { Bus, Clock } from '../../../src/core/types.ts'
import { eventually, functions } from '../../bridge/set-up.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'

/** What takes ten seconds or more takes a hundredth of that. */
export const clock: Clock = {
  ...systemClock,
  after: (ms, fn) => systemClock.after(ms >= 10_000 ? ms / 100 : ms, fn),
  every: (ms, fn) => systemClock.every(ms >= 5_000 ? ms / 100 : ms, fn),
}

/** Below ten seconds, so that none of them is shortened. */
const patient = { timeoutMs: 9_000, queueTimeoutMs: 9_000, startTimeoutMs: 9_000 }

const fails = (call: Promise<unknown>) => call.catch(() => {})

/** Workers that serve, wait, print, hang, die, are replaced and cannot be started; calls that end in every way. */
export async function drive(bus: Bus): Promise<void> {
  await serve(bus)
  await recycle(bus)
  await hang(bus)
  await startLater(bus)
}

async function serve(bus: Bus): Promise<void> {
  const bridge = createBridge({ ...patient, bus, module: functions, workers: 1, maxQueue: 1, heartbeatMs: 100 })
  const early = fails(bridge.call('echo', ['early'], { queueTimeoutMs: 1 }))
  await bridge.ready()
  await early
  await bridge.call('chatter', [10])
  await bridge.call('telemetry_demo')
  await bridge.call('flood', [2_000])
  await bridge.control({ deny: ['python.custom.demo.**'] })
  await bridge.call('telemetry_demo')
  await bridge.call('sleep', [1.1])
  await Promise.all([
    bridge.call('sleep', [0.1]),
    bridge.call('echo', ['waits']),
    fails(bridge.call('echo', ['too many'])),
  ])
  await fails(bridge.call('fail'))
  await fails(bridge.call('stubborn', [0.3], { timeoutMs: 50 }))
  await fails(bridge.call('crash'))
  await fails(bridge.call('end', [3], { idempotent: true }))
  await bridge.close()
}

async function recycle(bus: Bus): Promise<void> {
  const bridge = createBridge({
    ...patient,
    bus,
    module: functions,
    workers: 1,
    heartbeatMs: 100,
    recycle: { maxMemoryBytes: 1 },
  })
  let isRecycled = false
  bus.attach('driver', 'bridge.worker.recycled', () => void (isRecycled = true))
  while (!isRecycled) await bridge.call('sleep', [0.02])
  await bridge.close()
}

async function hang(bus: Bus): Promise<void> {
  const bridge = createBridge({ ...patient, bus, module: functions, workers: 1, heartbeatMs: 50 })
  await fails(bridge.call('backtrack', [], { timeoutMs: 9_000 }))
  await bridge.close()
}

async function startLater(bus: Bus): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-bridge-'))
  const flag = join(directory, 'flag')
  const module = fileURLToPath(new URL('../../bridge/programs/flagged.py', import.meta.url))
  const bridge = createBridge({ ...patient, bus, module, workers: 1, env: { SONDE_FLAG: flag } })
  await fails(bridge.ready())
  writeFileSync(flag, '')
  await eventually(() => !bridge.stats().isFailed)
  await bridge.close()
  removeDirectory(directory)
}
