import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import { record } from './recorder.ts'

const test = suite('core/strict')

test('strict freezes measurements and metadata all the way down before the first handler', () => {
  const bus = createBus({ strict: true })
  const events = record(bus, 'a')
  const metadata = { list: [{ deep: 1 }], map: { inner: { x: 1 } } }

  bus.execute('a', { n: 1 }, metadata)

  const [event] = events
  assert.ok(Object.isFrozen(event?.measurements))
  assert.ok(Object.isFrozen(event?.metadata))
  assert.ok(Object.isFrozen(metadata.list))
  assert.ok(Object.isFrozen(metadata.list[0]))
  assert.ok(Object.isFrozen(metadata.map.inner))
})

test('in strict mode a handler that writes to its payload fails, and the next sees what was emitted', () => {
  const bus = createBus({ strict: true })
  const failures = record(bus, 'telemetry.handler.failure')
  bus.attach('writer', 'a', (_event, measurements) => {
    Object.assign(measurements, { n: 2 })
  })
  const events = record(bus, 'a')

  bus.execute('a', { n: 1 })

  assert.equal(events[0]?.measurements, { n: 1 })
  assert.is(failures.length, 1)
  assert.is(failures[0]?.metadata['handler_id'], 'writer')
  assert.instance(failures[0]?.metadata['reason'], TypeError)
})

test('every door freezes: points, lazy payloads and spans', () => {
  const bus = createBus({ strict: true })
  const events = record(bus, '**')
  const point = bus.event('a')

  point.execute({}, { x: {} })
  point.executeLazy(() => [{}, { x: {} }])
  bus.span('op', { x: {} }, (span) => void span.set({ y: {} }))

  assert.is(events.length, 4)
  for (const { measurements, metadata } of events) {
    assert.ok(Object.isFrozen(measurements))
    assert.ok(Object.isFrozen(metadata))
    assert.ok(Object.isFrozen(metadata['x']))
  }
})

test('strict copes with cycles, depth, getters and proxies, and throws nothing', () => {
  const bus = createBus({ strict: true })
  let calls = 0
  bus.attach('h', 'a', () => void calls++)
  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic
  let deep: object = {}
  for (let i = 0; i < 100_000; i++) deep = { deep }
  const refuse = (): never => {
    throw new Error('looked')
  }
  const hostile = [
    cyclic,
    deep,
    Object.defineProperty({}, 'x', { get: refuse, enumerable: true }),
    new Proxy({}, { ownKeys: refuse, getPrototypeOf: refuse, preventExtensions: refuse, isExtensible: refuse }),
    { bytes: new Uint8Array(4), date: new Date(0), map: new Map() },
  ]

  for (const metadata of hostile) bus.execute('a', {}, { metadata })

  assert.is(calls, hostile.length)
})

test('without strict nothing is frozen', () => {
  const bus = createBus()
  record(bus, 'a')
  const metadata = { inner: {} }

  bus.execute('a', {}, metadata)

  assert.not.ok(Object.isFrozen(metadata))
  assert.not.ok(Object.isFrozen(metadata.inner))
})

test.run()
