import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import { keysOf, record } from './recorder.ts'

const test = suite('core/recursion')
const RECURSION = 'telemetry.recursion'

test('the 33rd nested emit is dropped and counted, with one recursion event', () => {
  const bus = createBus()
  const reports = record(bus, RECURSION)
  let [calls, depth, deepest] = [0, 0, 0]
  bus.attach('h', 'loop', () => {
    calls++
    deepest = Math.max(deepest, ++depth)
    bus.execute('loop', {})
    depth--
  })

  bus.execute('loop', {})

  assert.is(calls, 32)
  assert.is(deepest, 32)
  assert.is(bus.stats().dropped, 1)
  assert.is(reports.length, 1)
  assert.equal(keysOf(reports[0]?.measurements ?? {}), ['depth', 'dropped'])
  assert.equal(reports[0]?.metadata, { event: 'loop' })
  assert.is(reports[0]?.measurements['dropped'], 1)
})

test('31 levels of nesting are no recursion', () => {
  const bus = createBus()
  const reports = record(bus, RECURSION)
  let calls = 0
  bus.attach('h', 'loop', () => {
    if (++calls < 32) bus.execute('loop', {})
  })

  bus.execute('loop', {})

  assert.is(calls, 32)
  assert.is(bus.stats().dropped, 0)
  assert.is(reports.length, 0)
})

test('each root emit is limited and reported on its own', () => {
  const bus = createBus()
  const reports = record(bus, RECURSION)
  bus.attach('h', 'loop', () => bus.execute('loop', {}))

  for (let i = 0; i < 5; i++) bus.execute('loop', {})

  assert.equal(
    reports.map(({ measurements }) => measurements['dropped']),
    [1, 1, 1, 1, 1],
  )
  assert.is(bus.stats().dropped, 5)
  assert.is(bus.stats().failures, 0)
})

test('an emit after a recursion, or after handlers that threw at depth, has its full depth again', () => {
  const bus = createBus({ onFailure: 'keep' })
  record(bus, 'telemetry.handler.failure')
  let calls = 0
  bus.attach('h', 'loop', () => {
    calls++
    bus.execute('loop', {})
    throw new Error('on the way up')
  })

  for (let i = 0; i < 50; i++) bus.execute('loop', {})

  assert.is(calls, 50 * 32)
})

for (let k = 1; k <= 10; k++) {
  test(`${k} handlers that each emit their own event stop within 10,000 calls and one report`, () => {
    const bus = createBus()
    const reports = record(bus, RECURSION)
    let calls = 0
    for (let i = 0; i < k; i++) {
      bus.attach(`${i}`, 'loop', () => {
        calls++
        bus.execute('loop', {})
      })
    }

    bus.execute('loop', {})

    assert.is(calls, k === 1 ? 32 : 10_000)
    assert.is(reports.length, 1)
    assert.is(reports[0]?.measurements['dropped'], bus.stats().dropped)
    assert.is(bus.stats().failures, 0, 'no RangeError')
  })
}

test('events that emit each other in a ring are limited together', () => {
  const bus = createBus()
  const reports = record(bus, RECURSION)
  let calls = 0
  const next: { readonly [name: string]: string } = { a: 'b', b: 'c', c: 'a' }
  for (const [from, to] of Object.entries(next)) {
    for (let i = 0; i < 3; i++) {
      bus.attach(`${from}${i}`, from, () => {
        calls++
        bus.execute(to, {})
      })
    }
  }

  bus.execute('a', {})

  assert.is(calls, 10_000)
  assert.is(reports.length, 1)
})

test('recursion through event points, spans and patterns is limited as well', () => {
  const bus = createBus()
  const reports = record(bus, RECURSION)
  const point = bus.event('point.loop')
  let calls = 0
  bus.attach('point', 'point.*', () => {
    calls++
    point.execute({})
  })
  bus.attach('span', 'op.start', () => {
    calls++
    bus.span('op', {}, () => {})
  })

  point.execute({})
  bus.span('op', {}, () => {})

  assert.is(calls, 64)
  assert.is(reports.length, 2)
})

test('everything past 10,000 handler calls of one emit is dropped, and the next emit starts anew', () => {
  const bus = createBus()
  const reports = record(bus, RECURSION)
  let calls = 0
  for (let i = 0; i < 10_050; i++) bus.attach(`${i}`, 'wide', () => void calls++)

  bus.execute('wide', {})
  assert.is(calls, 10_000)
  assert.ok(bus.stats().dropped >= 1)
  assert.is(reports.length, 1)

  bus.execute('wide', {})
  assert.is(calls, 20_000)
})

test('a handler of the recursion event that recurses itself terminates', () => {
  const bus = createBus()
  let calls = 0
  bus.attach('loop', 'loop', () => {
    calls++
    bus.execute('loop', {})
  })
  bus.attach('reporter', RECURSION, () => {
    calls++
    bus.execute('loop', {})
  })
  bus.attach('second reporter', RECURSION, () => {
    calls++
    bus.execute(RECURSION, { depth: 1, dropped: 1 }, { event: 'loop' })
  })

  bus.execute('loop', {})

  assert.ok(calls <= 20_000, `${calls} calls`)
  assert.is(bus.stats().failures, 0)
})

test('another bus has limits of its own', () => {
  const [one, two] = [createBus(), createBus()]
  let heard = 0
  two.attach('h', 'a', () => void heard++)
  one.attach('h', 'loop', () => {
    two.execute('a', {})
    one.execute('loop', {})
  })

  one.execute('loop', {})

  assert.is(heard, 32)
  assert.is(two.stats().dropped, 0)
})

test.run()
