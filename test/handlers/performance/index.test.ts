import { attachPerformance } from 'sonde/handlers/performance'
import { testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { createBus } from '../../../src/core/bus.ts'
import { captureEvents } from '../../../src/testing/capture-events.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { heldBytes } from '../../harness/heap.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/performance', { limitMs: 60_000 })

function setUp(options: Parameters<typeof attachPerformance>[1] = {}) {
  const clock = manualClock(1_700_000_000_000)
  const bus = createBus({ clock })
  const { events } = captureEvents(bus, ['telemetry.performance.**'])
  const performance = attachPerformance(bus, { minCount: 1, warmUp: 1, ...options })
  const pay = (duration: number, times = 1) => {
    for (let i = 0; i < times; i++) bus.execute('shop.pay.stop', { duration }, { outcome: 'ok' })
  }
  const names = () => events.splice(0).map(({ event }) => event.slice('telemetry.performance.'.length))
  return { clock, bus, events, performance, pay, names }
}

test('behaves as a handler must', () =>
  testHandler(attachPerformance, {
    options: { minCount: 1, tags: ['route'] },
    invalid: [{ factor: 1 }, { operations: ['a..b'] }, { queues: ['a..b'] }, { windowMs: 1 }, { other: 1 }],
    events: ['shop.pay.stop', 'shop.pay.exception', 'bridge.pool.dequeued'],
  }))

test('a window is told of when it ends, and each end is in one window', () => {
  const { clock, events, pay, names } = setUp()
  pay(1e6, 3)
  clock.advance(59_999)
  assert.equal(names(), [])
  clock.advance(1)
  assert.equal(
    events.map(({ measurements, metadata }) => [measurements.count, measurements.mean, metadata.operation]),
    [[3, 1e6, 'shop.pay']],
  )
  names()
  clock.advance(60_000)
  assert.equal(names(), [])
})

test('a p99 above its own past is told of once, until it is back', () => {
  const { clock, pay, names } = setUp()
  const rounds = [1e6, 1e6, 5e6, 5e6, 1e6, 5e6].map((duration) => {
    pay(duration, 10)
    clock.advance(60_000)
    return names().includes('degradation')
  })
  assert.equal(rounds, [false, false, true, false, false, true])
})

test('something that has waited too long is told of at once, of a queue and of the end of an operation', () => {
  const { bus, events, names } = setUp({ queues: ['shop.queue.left'] })
  bus.execute('shop.queue.left', { queue_time: 6e9 }, {})
  bus.execute('shop.queue.left', { queue_time: 7e9 }, {})
  bus.execute('shop.pay.stop', { duration: 1, queue_time: 8e9 }, {})
  assert.equal(
    events.map(({ measurements, metadata }) => [metadata.operation, measurements.queue_time, measurements.threshold]),
    [
      ['shop.queue.left', 6e9, 5e9],
      ['shop.pay.stop', 8e9, 5e9],
    ],
  )
  names()
})

test('the report is the running window, with what is expected', () => {
  const { clock, pay, performance } = setUp()
  pay(1e6, 10)
  clock.advance(60_000)
  pay(9e6, 10)
  performance.detach()
  const [row] = performance.report()
  assert.equal([row?.operation, row?.count, row?.degraded], ['shop.pay', 10, false])
  assert.ok(Math.abs((row?.baseline ?? 0) - 1e6) < 2e4)
})

test('whoever is told may detach it, and is told no more', () => {
  const { clock, bus, performance, events } = setUp()
  bus.attach('leave', 'telemetry.performance.summary', () => performance.detach())
  bus.execute('shop.pay.stop', { duration: 1 }, {})
  bus.execute('shop.ship.stop', { duration: 1 }, {})
  clock.advance(120_000)
  assert.is(events.length, 1)
  assert.is(clock.pending, 0)
})

test('a million names of operations take the room of some hundreds', () => {
  const { bus, clock } = setUp()
  for (let i = 0; i < 1_000; i++) bus.execute(`warm.up${i}.stop`, { duration: 5 }, {})
  const record = attachPerformance(createBus({ clock }), { id: 'other' })
  const before = heldBytes()
  // One bus keeps state for each name; what is measured here is the handler.
  for (let i = 0; i < 100_000; i++) bus.execute('some.operation.stop', { duration: i }, { tag: `value ${i}` })
  assert.ok(heldBytes() - before < 8 * 1_048_576)
  record.detach()
})

test.run()
