import * as assert from 'uvu/assert'
import { BridgeError } from '../../src/bridge/bridge-error.ts'
import { correlate } from '../../src/context/correlate.ts'
import { withCorrelation } from '../../src/context/with-correlation.ts'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import { eventually, withBridge } from './set-up.ts'

const test = suite('bridge/bridge', { limitMs: 30_000 })

/** The error of a call that must fail. */
async function failure(call: Promise<unknown>): Promise<BridgeError> {
  try {
    await call
  } catch (error) {
    if (error instanceof BridgeError) return error
    throw error
  }
  throw new Error('it has not failed')
}

test('functions are called with arguments in order and by name, async ones too', () =>
  withBridge({}, async (bridge) => {
    assert.is(await bridge.call('add', [1]), 2)
    assert.is(await bridge.call('add', [1, 2], { kwargs: { c: 3 } }), 6)
    assert.is(await bridge.call('math.twice', [21]), 42)
    assert.is(await bridge.call('later', [0.01]), 'later')
  }))

test('values come back as they were', () =>
  withBridge({ workers: 1 }, async (bridge) => {
    const values = [
      null,
      true,
      'naïve 𝄞 "quoted"\n',
      -0,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      2n ** 100n,
      0.1,
      new Date(1_700_000_000_000),
      new Set([1, 'a']),
      new Uint8Array([0, 255, 10]),
      { $: ['bytes', 'no tag'], nested: [{ deep: [1, [2, [3]]] }] },
    ]
    for (const value of values) assert.equal(await bridge.call('echo', [value]), value)
    const large = 'x'.repeat(5 * 2 ** 20)
    assert.is(await bridge.call('echo', [large]), large)
  }))

test('what cannot cross is refused by name, and the worker goes on', () =>
  withBridge({ workers: 1 }, async (bridge, emitted) => {
    for (const [fn, args, code, kwargs] of [
      ['echo', [() => {}], 'unsupported_value'],
      ['echo', [], 'unsupported_value', { value: Symbol('no') }],
      ['unsendable', [], 'unsupported_value'],
      ['echo', ['x'.repeat(17 * 2 ** 20)], 'unsupported_value'],
      ['large', [17 * 2 ** 20], 'unsupported_value'],
      ['add', ['x'], 'invalid_arguments', { nope: 1 }],
      ['add', [], 'invalid_arguments'],
      ['missing', [], 'unknown_function'],
      ['x'.repeat(10_000), [], 'unknown_function'],
      ['os.system', ['true'], 'unknown_function'],
      ['__class__', [], 'unknown_function'],
    ] as const) {
      assert.is(
        (await failure(bridge.call(fn, args, kwargs === undefined ? {} : { kwargs }))).code,
        code,
        fn.slice(0, 20),
      )
    }
    assert.is(await bridge.call('echo', [1]), 1)
    assert.is(emitted.filter(([event]) => event === 'bridge.worker.terminated').length, 0)
  }))

test('an exception has its class, its message and where it was raised', () =>
  withBridge({ workers: 1 }, async (bridge, emitted) => {
    const error = await failure(bridge.call('fail', ['password=hunter2 is wrong']))
    assert.is(error.code, 'python_error')
    assert.is(error.python?.type, 'LookupError')
    assert.match(error.python?.traceback ?? '', /functions\.py", line \d+, in fail/)
    assert.not.match(JSON.stringify([error.message, error.python]), 'hunter2')
    assert.is((await failure(bridge.call('leave', [3]))).python?.type, 'SystemExit')
    assert.is(await bridge.call('thread_dies'), 'alive')
    const [, measurements, metadata] = emitted.find(([event]) => event === 'bridge.call.exception') ?? []
    assert.ok(Number(measurements?.['duration']) > 0)
    assert.equal(
      [metadata?.['success'], metadata?.['error_type'], metadata?.['error_category'], metadata?.['worker_id']],
      [false, 'LookupError', 'python_error', 'python.1'],
    )
  }))

test('a call that runs for too long is called off, and its worker is the same', () =>
  withBridge({ workers: 1 }, async (bridge, emitted) => {
    const pid = await bridge.call('pid')
    for (const [fn, args] of [
      ['spin', []],
      ['sleep', [60]],
      ['later', [60]],
    ] as const) {
      const begin = performance.now()
      assert.is((await failure(bridge.call(fn, args, { timeoutMs: 50 }))).code, 'timeout')
      assert.is(await bridge.call('pid'), pid)
      assert.ok(performance.now() - begin < 2_500, fn)
    }
    assert.is(emitted.filter(([event]) => event === 'bridge.call.late_reply').length, 3)
  }))

test('a function that cannot be called off loses its worker, in two and a half seconds', () =>
  withBridge({ workers: 1 }, async (bridge) => {
    const pid = await bridge.call('pid')
    for (const [fn, args] of [
      ['stubborn', [60]],
      ['backtrack', []],
    ] as const) {
      const begin = performance.now()
      assert.is((await failure(bridge.call(fn, args, { timeoutMs: 50 }))).code, 'timeout')
      assert.is.not(await bridge.call('pid'), pid)
      assert.ok(performance.now() - begin < 3_000, fn)
    }
  }))

test('a signal calls off a call that waits, one that runs, and one that was not made yet', () =>
  withBridge({ workers: 1 }, async (bridge) => {
    await bridge.ready()
    const [first, second] = [new AbortController(), new AbortController()]
    const running = failure(bridge.call('sleep', [60], { signal: first.signal }))
    const waiting = failure(bridge.call('echo', [1], { signal: second.signal }))
    second.abort()
    assert.is((await waiting).code, 'cancelled')
    first.abort()
    assert.is((await running).code, 'cancelled')
    assert.is((await failure(bridge.call('echo', [1], { signal: first.signal }))).code, 'cancelled')
    assert.is(await bridge.call('echo', [1]), 1)
  }))

test('a function knows the time that it has left', () =>
  withBridge({ workers: 1 }, async (bridge) => {
    const left = Number(await bridge.call('left', [], { timeoutMs: 10_000 }))
    assert.ok(left > 9 && left <= 10, String(left))
  }))

test('the ids of the caller are those of the function, within the span of the call', () => {
  const bus = createBus()
  correlate(bus)
  return withBridge({ bus }, async (bridge, emitted) => {
    const ids = await withCorrelation('req-1', () => bridge.call('ids'))
    const [, , start] = emitted.find(([event]) => event === 'bridge.call.start') ?? []
    await eventually(() => emitted.some(([event]) => event === 'python.call.stop'))
    const [, , inner] = emitted.find(([event]) => event === 'python.call.start') ?? []
    assert.equal(ids, ['req-1', start?.['trace_id'], inner?.['span_id']])
    assert.equal(
      [inner?.['correlation_id'], inner?.['trace_id'], inner?.['parent_span_id']],
      ['req-1', start?.['trace_id'], start?.['span_id']],
    )
    // What nobody has caused begins there.
    assert.not.match(JSON.stringify(await bridge.call('ids')), 'req-1')
  })
})

test('without a listener calls work too, and cost no span', async () => {
  const bus = createBus()
  bus.control({ enabled: false })
  await withBridge({ bus }, async (bridge, emitted) => {
    assert.is(await bridge.call('add', [1]), 2)
    assert.is((await failure(bridge.call('fail'))).code, 'python_error')
    assert.equal(emitted, [])
  })
})

test('options that cannot be are refused', () =>
  withBridge({}, async () => {
    const { createBridge } = await import('../../src/bridge/bridge.ts')
    for (const options of [
      { module: 'relative/path.py' },
      { module: 'os; import sys' },
      { module: [] },
      { module: 'm', workers: 0 },
      { module: 'm', workers: 1.5 },
      { module: 'm', timeoutMs: -1 },
      { module: 'm', name: '' },
      { module: 'm', cwd: '/nowhere/at/all' },
      { module: 'm', recycle: { maxCalls: 0 } },
    ]) {
      assert.throws(() => createBridge(options), /\[sonde\] bridge: option/)
    }
  }))

test.run()
