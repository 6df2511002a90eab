import * as assert from 'uvu/assert'
import { BridgeError } from '../../src/bridge/bridge-error.ts'
import { heldBytes } from '../harness/heap.ts'
import { suite } from '../harness/suite.ts'
import { eventually, withBridge } from './set-up.ts'

const test = suite('bridge/pool', { limitMs: 60_000 })

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'ok',
    (error: unknown) => (error instanceof BridgeError ? error.code : error),
  )

const named = (emitted: readonly (readonly [string, ...unknown[]])[], event: string) =>
  emitted.filter(([name]) => name === event).length

test('calls that meet no free worker wait in order', () =>
  withBridge({ workers: 1 }, async (bridge, emitted) => {
    await bridge.ready()
    const order: number[] = []
    await Promise.all(
      [0, 1, 2, 3].map(async (i) => {
        await bridge.call('sleep', [0.01])
        order.push(i)
      }),
    )
    assert.equal(order, [0, 1, 2, 3])
    assert.equal([named(emitted, 'bridge.pool.enqueued'), named(emitted, 'bridge.pool.dequeued')], [3, 3])
  }))

test('as many run at once as there are workers', () =>
  withBridge({ workers: 4 }, async (bridge) => {
    await bridge.ready()
    const begin = performance.now()
    await Promise.all(Array.from({ length: 8 }, () => bridge.call('sleep', [0.2])))
    const ms = performance.now() - begin
    assert.ok(ms >= 400 && ms < 800, String(ms))
  }))

test('a call that waits for too long, and one that is too many, are refused and never made', async () => {
  await withBridge({ workers: 1, maxQueue: 1 }, async (bridge, emitted) => {
    await bridge.ready()
    const running = bridge.call('sleep', [0.3])
    const waiting = codeOf(bridge.call('echo', [1], { queueTimeoutMs: 50 }))
    assert.is(await codeOf(bridge.call('echo', [2])), 'saturated')
    assert.is(await waiting, 'queue_timeout')
    assert.is(bridge.stats().queued, 0)
    await running
    assert.is(await bridge.call('echo', [3]), 3)
    assert.equal([named(emitted, 'bridge.pool.timeout'), named(emitted, 'bridge.pool.saturated')], [1, 1])
    assert.is(named(emitted, 'bridge.call.late_reply'), 0)
  })
})

test('every way of dying fails its call once, says how, and is made good', () =>
  withBridge({ workers: 2 }, async (bridge, emitted) => {
    for (const [fn, args, exitCode, signal] of [
      ['end', [0], 0, undefined],
      ['end', [1], 1, undefined],
      ['end', [137], 137, undefined],
      ['crash', [], undefined, 'SIGSEGV'],
      ['abort', [], undefined, 'SIGABRT'],
    ] as const) {
      const error: unknown = await bridge.call(fn, args).catch((thrown: unknown) => thrown)
      assert.instance(error, BridgeError)
      if (!(error instanceof BridgeError)) return
      assert.equal([error.code, error.worker?.exitCode, error.worker?.signal], ['worker_died', exitCode, signal])
    }
    await eventually(() => bridge.stats().total === 2)
    assert.is(bridge.stats().restarts, 5)
    assert.is(named(emitted, 'bridge.worker.restarted'), 5)
    assert.is(named(emitted, 'bridge.call.exception'), 5)
  }))

test('a call that may be made twice is, and costs two workers at most', () =>
  withBridge({ workers: 2 }, async (bridge, emitted) => {
    await bridge.ready()
    assert.is(await codeOf(bridge.call('crash', [], { idempotent: true })), 'poisoned')
    assert.is(named(emitted, 'bridge.worker.terminated'), 2)
    assert.equal([named(emitted, 'bridge.retry.attempt'), named(emitted, 'bridge.retry.exhausted')], [1, 1])
  }))

test('workers are replaced by their calls, their age and their memory', async () => {
  for (const [recycle, reason] of [
    [{ maxCalls: 3 }, 'max_calls'],
    [{ ttlMs: 300 }, 'ttl'],
    [{ maxMemoryBytes: 100 * 2 ** 20 }, 'memory'],
  ] as const) {
    await withBridge({ workers: 1, recycle, heartbeatMs: 50 }, async (bridge, emitted) => {
      const pid = await bridge.call('pid')
      if (reason === 'memory') await bridge.call('grow', [150])
      const until = performance.now() + 20_000
      while ((await bridge.call('pid')) === pid && performance.now() < until) await bridge.call('sleep', [0.01])
      assert.is.not(await bridge.call('pid'), pid, reason)
      const [, , metadata] = emitted.find(([event]) => event === 'bridge.worker.recycled') ?? []
      assert.is(metadata?.['reason'], reason)
      assert.is(named(emitted, 'bridge.call.exception'), 0)
    })
  }
})

test('a worker that does not answer is ended and replaced', () =>
  withBridge({ workers: 1, heartbeatMs: 100 }, async (bridge, emitted) => {
    await bridge.ready()
    assert.is(await codeOf(bridge.call('backtrack')), 'worker_died')
    assert.is(named(emitted, 'bridge.worker.health_check_failed'), 1)
    assert.is(await bridge.call('echo', [1]), 1)
  }))

test('where no worker can be started calls fail at once, and say why', async () => {
  for (const [options, message] of [
    [{ python: 'no-such-python' }, /there is no 'no-such-python' here; install Python 3\.9/],
    [{ module: 'no_such_module' }, /raise ModuleNotFoundError: No module named 'no_such_module'/],
    [{ python: 'false' }, /has ended before it was ready/],
  ] as const) {
    await withBridge({ workers: 2, ...options }, async (bridge) => {
      const error: unknown = await bridge.ready().catch((thrown: unknown) => thrown)
      assert.instance(error, BridgeError)
      assert.match(error instanceof BridgeError ? error.message : '', message)
      const begin = performance.now()
      assert.is(await codeOf(bridge.call('echo', [1])), 'start_failed')
      assert.ok(performance.now() - begin < 100)
    })
  }
})

test('a start that takes too long is one that has failed', () =>
  withBridge({ workers: 1, python: 'sleep', startTimeoutMs: 50 }, async (bridge) => {
    assert.is(await codeOf(bridge.ready()), 'start_failed')
  }))

test('close lets calls end, fails those that do not, and takes no more', async () => {
  await withBridge({ workers: 2 }, async (bridge) => {
    await bridge.ready()
    const short = codeOf(bridge.call('sleep', [0.2]))
    const long = codeOf(bridge.call('sleep', [60]))
    const waiting = Array.from({ length: 500 }, () => codeOf(bridge.call('sleep', [1])))
    const begin = performance.now()
    const closed = bridge.close({ drainMs: 500 })
    assert.is(await codeOf(bridge.call('echo', [1])), 'closed')
    await closed
    await bridge.close()
    assert.ok(performance.now() - begin < 3_500)
    assert.equal([await short, await long], ['ok', 'closed'])
    assert.equal(new Set(await Promise.all(waiting)), new Set(['closed']))
    assert.is(bridge.stats().total, 0)
  })
})

test('150,000 calls that are called off while they wait leave nothing behind', () =>
  withBridge({ workers: 1, maxQueue: 1_000 }, async (bridge, _emitted, bus) => {
    bus.detach('emitted')
    await bridge.ready()
    const running = codeOf(bridge.call('sleep', [600]))
    let before = 0
    for (let round = 0; round < 150; round++) {
      // Tables have grown and code was compiled by then.
      if (round === 100) before = heldBytes()
      const calls = Array.from({ length: 1_000 }, () => {
        const controller = new AbortController()
        const call = codeOf(bridge.call('echo', [1], { signal: controller.signal }))
        return { controller, call }
      })
      for (const { controller } of calls) controller.abort()
      const codes = new Set(await Promise.all(calls.map(({ call }) => call)))
      assert.equal(codes, new Set(['cancelled']))
    }
    assert.is(bridge.stats().queued, 0)
    assert.ok(heldBytes() - before < 2 ** 20)
    await bridge.close({ drainMs: 1 })
    assert.is(await running, 'closed')
  }))

test.run()
