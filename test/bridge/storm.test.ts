import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { BridgeError } from '../../src/bridge/bridge-error.ts'
import { removeDirectory } from '../harness/remove-directory.ts'
import { suite } from '../harness/suite.ts'
import { eventually, withBridge } from './set-up.ts'

const test = suite('bridge/storm', { limitMs: 120_000 })

/** How many times two of eight workers are killed. */
const CYCLES = 30

test('two of eight workers are killed every 25 ms: every call settles exactly once, and all are there again', () =>
  withBridge({ workers: 8 }, async (bridge, emitted) => {
    await bridge.ready()
    let isOver = false
    let made = 0
    const settled: string[] = []
    const callers = Array.from({ length: 16 }, async () => {
      while (!isOver) {
        const value = ++made
        const outcome = await bridge.call('echo', [value]).then(
          (result) => (result === value ? 'ok' : 'wrong'),
          (error: unknown) => (error instanceof BridgeError ? error.code : 'other'),
        )
        settled.push(outcome)
      }
    })
    const pids = new Map<unknown, number>()
    const current = () => {
      for (const [event, , { worker_id, os_pid }] of emitted.splice(0)) {
        if (event === 'bridge.worker.spawned') pids.set(worker_id, Number(os_pid))
        if (event === 'bridge.worker.terminated') pids.delete(worker_id)
      }
      return [...pids.values()]
    }
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      await sleep(25)
      for (const pid of current().slice(0, 2)) kill(pid)
    }
    isOver = true
    await Promise.all(callers)
    assert.is(settled.length, made)
    assert.equal(
      [...new Set(settled)].filter((outcome) => outcome !== 'ok' && outcome !== 'worker_died'),
      [],
    )
    assert.ok(settled.includes('worker_died') && settled.includes('ok'))
    const begin = performance.now()
    await eventually(() => bridge.stats().total === 8)
    assert.ok(performance.now() - begin < 5_000)
    assert.equal(bridge.stats(), { ...bridge.stats(), busy: 0, queued: 0, isFailed: false })
  }))

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended since it was told of.
  }
}

test('calls with time-outs of every length settle once each, and none is made after its time', () =>
  withBridge({ workers: 4, maxQueue: 10_000 }, async (bridge, emitted) => {
    await bridge.ready()
    let seed = 7
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed / 2_147_483_647
    }
    const outcomes = await Promise.all(
      Array.from({ length: 400 }, () => {
        const queueTimeoutMs = 1 + Math.floor(random() * 400)
        const timeoutMs = 1 + Math.floor(random() * 30)
        return bridge.call('sleep', [random() * 0.02], { queueTimeoutMs, timeoutMs }).then(
          () => 'ok',
          (error: unknown) => (error instanceof BridgeError ? error.code : 'other'),
        )
      }),
    )
    assert.equal([...new Set(outcomes)].sort(), ['ok', 'queue_timeout', 'timeout'])
    const ends = emitted.filter(([event]) => event === 'bridge.call.stop' || event === 'bridge.call.exception')
    assert.is(ends.length, 400)
    // One that is called off in its queue never has a worker.
    const late = ends.filter(([, , { error_type }]) => error_type === 'queue_timeout')
    assert.ok(late.length > 0 && late.every(([, , { worker_id }]) => worker_id === undefined))
    assert.is(await bridge.call('echo', [1]), 1)
  }))

test('a call that has run out before its worker has read it is not made, and costs no worker', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-bridge-'))
  const file = join(directory, 'made')
  await withBridge({ workers: 1, heartbeatMs: 60_000 }, async (bridge) => {
    const pid = Number(await bridge.call('pid'))
    for (let i = 0; i < 20; i++) {
      process.kill(pid, 'SIGSTOP')
      const call = bridge.call('append', [file, 'made'], { timeoutMs: 10 }).catch((error: unknown) => error)
      const error = await call
      assert.ok(error instanceof BridgeError && error.code === 'timeout')
      process.kill(pid, 'SIGCONT')
      assert.is(await bridge.call('pid'), pid)
    }
  })
  assert.not.ok(existsSync(file))
  removeDirectory(directory)
})

test('a worker that was told to end does not stay because it replies', () =>
  withBridge({ workers: 1 }, async (bridge) => {
    const pid = await bridge.call('pid')
    await bridge.call('ignore_termination')
    assert.ok(await bridge.call('stubborn', [1], { timeoutMs: 50 }).catch((error: unknown) => error))
    assert.is.not(await bridge.call('pid'), pid)
  }))

test('100 MB each way pass, and what is printed meanwhile is in nobody’s way', () =>
  withBridge({ workers: 2 }, async (bridge) => {
    await bridge.ready()
    const text = 'é'.repeat(2 * 2 ** 20)
    await Promise.all(
      Array.from({ length: 25 }, async () => {
        assert.is(await bridge.call('echo', [text]), text)
        assert.is(await bridge.call('chatter', [100_000]), 'done')
      }),
    )
  }))

test.run()
