import * as assert from 'uvu/assert'
import type { Bridge } from '../../src/bridge/bridge.ts'
import { createTelemetryStream } from '../../src/bridge/telemetry-stream.ts'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import type { Emitted } from './set-up.ts'
import { eventually, withBridge } from './set-up.ts'

const test = suite('bridge/telemetry-stream', { limitMs: 30_000 })

const identity = { pool: 'python', worker_id: 'python.1', os_pid: 7 }

function setUp() {
  const bus = createBus()
  const emitted: Emitted[] = []
  bus.attach('emitted', '**', (event: string, measurements: object, metadata: object) => {
    emitted.push([event, { ...measurements }, { ...metadata }])
  })
  return { emitted, stream: createTelemetryStream(bus, identity) }
}

test('who it is from cannot be forged', () => {
  const { emitted, stream } = setUp()
  const metadata = { pool: 'mine', worker_id: 'other', os_pid: 1, kept: true }
  stream.take([{ event: 'python.custom.x', seq: 1, measurements: { n: 1 }, metadata, correlation: ['c', 't', 's'] }])
  const ids = { correlation_id: 'c', trace_id: 't', span_id: 's' }
  assert.equal(emitted, [['python.custom.x', { n: 1 }, { ...identity, kept: true, ...ids }]])
})

test('names of others are put under python.custom and counted', () => {
  const { emitted, stream } = setUp()
  stream.take(
    ['bridge.call.stop', 'telemetry.handler.failure', 'python.own'].map((event, i) => ({ event, seq: i + 1 })),
  )
  assert.equal(
    emitted.map(([event, , { name }]) => [event, name]),
    [
      ['bridge.telemetry.unknown_event', 'bridge.call.stop'],
      ['python.custom.bridge.call.stop', undefined],
      ['bridge.telemetry.unknown_event', 'telemetry.handler.failure'],
      ['python.custom.telemetry.handler.failure', undefined],
      ['bridge.telemetry.unknown_event', 'python.own'],
      ['python.custom.python.own', undefined],
    ],
  )
})

test('what comes twice is emitted once', () => {
  const { emitted, stream } = setUp()
  const batch = [1, 2, 3].map((seq) => ({ event: 'python.custom.x', seq }))
  stream.take(batch)
  stream.take([...batch.slice(1), { event: 'python.custom.x', seq: 9 }])
  assert.is(emitted.length, 4)
})

test('an exception has the keys that those of the bus have', () => {
  const { emitted, stream } = setUp()
  const metadata = { span_id: 'a', outcome: 'exception', error_type: 'KeyError', error_message: 'k', traceback: 'tb' }
  stream.take([{ event: 'python.call.exception', seq: 1, metadata, correlation: ['c', 't', 'outer'] }])
  assert.equal(emitted[0]?.[2], {
    ...identity,
    span_id: 'a',
    outcome: 'exception',
    error_type: 'KeyError',
    error_message: 'k',
    kind: 'throw',
    reason: 'KeyError: k',
    stacktrace: 'tb',
    correlation_id: 'c',
    trace_id: 't',
  })
})

test('reports are totals: what has been added is told, and nothing twice', () => {
  const { emitted, stream } = setUp()
  const report = (overflow: number, received: number, sampled_out: number) =>
    stream.take([{ dropped: { overflow, invalid: 0 }, received, sampled_out }])
  report(3, 10, 0)
  report(3, 12, 0)
  report(5, 20, 4)
  assert.equal(
    emitted.map(([, { count, received, sampled_out }, { reason }]) => [reason, count, received, sampled_out]),
    [
      ['overflow', 3, 10, 0],
      ['overflow', 2, 8, 4],
      ['sampled_out', 4, 8, 4],
    ],
  )
})

test('nothing that a worker may send throws, or is emitted under a name that is none', () => {
  const { emitted, stream } = setUp()
  for (const items of [
    undefined,
    null,
    'x',
    7,
    {},
    [null],
    [[]],
    ['x'],
    [{ event: '', seq: 1 }],
    [{ event: 7, seq: 1 }],
  ]) {
    stream.take(items)
  }
  stream.take([
    { event: 'python.custom.x', seq: 'a' },
    { event: 'a b', seq: 1 },
    { event: `a.${'b.'.repeat(40)}c`, seq: 1 },
  ])
  assert.equal(emitted, [])
  const metadata: unknown = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}')
  stream.take([{ event: '__proto__', seq: 1, measurements: { n: 'text', m: null }, metadata, correlation: {} }])
  assert.equal(
    emitted.map(([event, measurements]) => [event, measurements]),
    [
      ['bridge.telemetry.unknown_event', { count: 1 }],
      ['python.custom.__proto__', {}],
    ],
  )
  assert.is(Reflect.get({}, 'polluted'), undefined)
})

/** Waits until all that was emitted in the worker has arrived or is told of as lost. */
async function balanced(bridge: Bridge, emitted: readonly Emitted[]): Promise<void> {
  for (;;) {
    // The end of this very call is emitted after it has counted.
    const received = Number(Reflect.get(Object(await bridge.call('stats')), 'received')) + 1
    await new Promise((resolve) => setTimeout(resolve, 100))
    const arrived = emitted.filter(([event]) => event.startsWith('python.')).length
    const lost = emitted.filter(([event]) => event === 'bridge.telemetry.dropped')
    if (arrived + lost.reduce((sum, [, { count }]) => sum + Number(count), 0) === received) return
  }
}

test('what functions emit arrives in order, with what was lost, and its errors never are', () =>
  withBridge({ workers: 1 }, async (bridge, emitted) => {
    const demo = Object(await bridge.call('telemetry_demo'))
    await eventually(() => emitted.some(([event]) => event === 'python.call.stop'))
    const names = emitted.map(([event]) => event).filter((event) => event.startsWith('python.'))
    // The span of the call itself is not counted by the function.
    assert.is(names.filter((name) => !name.startsWith('python.call.')).length, Reflect.get(demo, 'emitted'))
    const stats = Object(await bridge.call('flood', [20_000]))
    assert.is(Reflect.get(stats, 'received'), Reflect.get(demo, 'emitted') + 20_003)
    const ticks = () => emitted.filter(([event]) => event === 'python.custom.flood.tick')
    await balanced(bridge, emitted)
    const order = ticks().map(([, { i }]) => Number(i))
    assert.equal(
      order,
      [...order].sort((a, b) => a - b),
    )
    assert.ok(ticks().every(([, , { worker_id, pool }]) => worker_id === 'python.1' && pool === 'python'))
  }))

test('rules are pushed down to one worker or all, acknowledged, and kept by its successor', () =>
  withBridge({ workers: 2 }, async (bridge, emitted) => {
    await bridge.ready()
    const deny = { deny: ['python.custom.flood.**', 'flood.**'] }
    const one = await bridge.control(deny, 'python.1')
    assert.equal([...one.keys()], ['python.1'])
    assert.equal(one.get('python.1'), { enabled: true, sampling: [], allow: [], ...deny })
    assert.equal((await bridge.control(deny, 'python.9')).size, 0)
    const all = await bridge.control({ enabled: false })
    assert.equal([...all.keys()].sort(), ['python.1', 'python.2'])
    const wrong = await bridge.control({ sampling: [{ pattern: 'a b', rate: 0.5 }] })
    assert.equal(wrong.get('python.1'), { enabled: false, sampling: [], allow: [], deny: [] })
    assert.is(emitted.filter(([event]) => event === 'bridge.control.acknowledged').length, 5)
    await bridge.call('end', [1]).catch(() => {})
    await eventually(() => bridge.stats().total === 2)
    await Promise.all([bridge.call('flood', [10]), bridge.call('flood', [10])])
    assert.is(emitted.filter(([event]) => event === 'python.custom.flood.tick').length, 0)
  }))

test('a worker whose host does not read blocks nobody who emits, and loses nothing that matters', () =>
  withBridge({ workers: 1 }, async (bridge, emitted) => {
    await bridge.ready()
    const flooding = bridge.call('flood_and_fail', [200_000])
    // Nothing is read meanwhile.
    const until = performance.now() + 1_000
    while (performance.now() < until);
    const stats = Object(await flooding)
    assert.ok(Reflect.get(stats, 'seconds') < 20)
    const errors = () => emitted.filter(([event]) => event === 'python.error.occurred').length
    await eventually(() => errors() === 100)
    await balanced(bridge, emitted)
  }))

test.run()
