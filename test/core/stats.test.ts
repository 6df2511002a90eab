import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { keysOf, record } from './recorder.ts'
import { turn } from './turn.ts'

const test = suite('core/stats')
const ignore = () => {}

test('a new bus has counted nothing, and has exactly these counts', () => {
  const stats = createBus().stats()

  assert.equal(keysOf(stats), [
    ...['dispatched', 'doubleEnded', 'dropped', 'enrichFailed', 'executed', 'failures', 'filtered', 'handlers'],
    ...['invalid', 'names', 'openSpans', 'quarantined', 'sampledOut'],
  ])
  assert.equal(new Set(Object.values(stats)), new Set([0]))
})

test('executed counts emits that somebody listened to, dispatched the handler calls made', () => {
  const bus = createBus()
  bus.attach('1', 'a', ignore)
  bus.attach('2', '*', ignore)
  bus.attach('3', '**', ignore)

  bus.execute('a', {})
  bus.execute('b', {})
  bus.event('a').execute({})
  bus.event('a').executeLazy(() => [{}])
  assert.is(bus.stats().executed, 4)
  assert.is(bus.stats().dispatched, 11)

  for (const id of ['1', '2', '3']) bus.detach(id)
  bus.execute('a', {})
  assert.is(bus.stats().executed, 4)
  assert.is(bus.stats().dispatched, 11)
})

test('executed and dispatched count the events of spans, and nested emits', () => {
  const bus = createBus()
  record(bus, 'op.*')
  bus.attach('h', 'a', () => bus.execute('b', {}))
  bus.attach('nested', 'b', ignore)

  bus.span('op', {}, () => {})
  bus.execute('a', {})

  assert.is(bus.stats().executed, 4)
  assert.is(bus.stats().dispatched, 4)
})

test('a handler that failed was called, and one in quarantine is not', () => {
  const bus = createBus({ clock: manualClock() })
  const failures = record(bus, 'telemetry.handler.failure')
  bus.attach('bad', 'a', () => {
    throw new Error('broken')
  })
  bus.attach('good', 'a', ignore)

  bus.execute('a', {})
  assert.is(bus.stats().dispatched, 3, 'two handlers, and the one that hears of the failure')
  bus.execute('a', {})

  assert.is(failures.length, 1)
  assert.is(bus.stats().failures, 1)
  assert.is(bus.stats().dispatched, 4)
  assert.is(bus.stats().quarantined, 1)
})

test('a handler detached in the middle of an emit was not called', () => {
  const bus = createBus()
  bus.attach('1', 'a', () => void bus.detach('2'))
  bus.attach('2', 'a', ignore)

  bus.execute('a', {})

  assert.is(bus.stats().dispatched, 1)
})

test('dispatched is what was called, sampled, enriched, in recursion and over the budget', () => {
  const bus = createBus()
  let calls = 0
  bus.enrich(() => ({ added: 1 }))
  bus.control({ sampling: [{ pattern: 'sampled', rate: 0.5 }] })
  bus.attach('sampled', 'sampled', () => void calls++)
  bus.attach('loop', 'loop', () => {
    calls++
    bus.execute('loop', {})
  })
  for (let i = 0; i < 3; i++) {
    bus.attach(`tree ${i}`, 'tree', () => {
      calls++
      bus.execute('tree', {})
    })
  }

  for (let i = 0; i < 1_000; i++) bus.execute('sampled', {})
  bus.execute('loop', {})
  bus.execute('tree', {})

  assert.is(bus.stats().dispatched, calls)
  assert.ok(bus.stats().sampledOut > 0)
})

test('a handler called on trial was called, and one waiting for it was not', () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  let [calls, reports] = [0, 0]
  bus.attach('reports', 'telemetry.**', () => void reports++)
  bus.attach('bad', 'a', () => {
    if (++calls < 3) throw new Error('broken')
  })

  for (let i = 0; i < 10; i++) {
    bus.execute('a', {})
    clock.advance(500)
  }

  assert.ok(calls > 3)
  assert.is(reports, 3, 'two failures and a recovery')
  assert.is(bus.stats().dispatched, calls + reports)
})

test('failures counts throws and rejections', async () => {
  const bus = createBus({ onFailure: 'keep' })
  record(bus, 'telemetry.handler.failure')
  bus.attach('throws', 'a', () => {
    throw new Error('broken')
  })
  bus.attach('rejects', 'a', async () => {
    throw new Error('broken')
  })
  bus.attach('resolves', 'a', async () => {})

  for (let i = 0; i < 3; i++) bus.execute('a', {})
  await turn()

  assert.is(bus.stats().failures, 6)
})

test('handlers counts ids, not patterns', () => {
  const bus = createBus()

  bus.attachMany('many', ['a', 'b', 'c.**'], ignore)
  bus.attach('one', 'a', ignore)
  assert.is(bus.stats().handlers, 2)

  bus.detach('many')
  assert.is(bus.stats().handlers, 1)
})

test('names counts the names that state is kept for', () => {
  const bus = createBus()
  bus.attach('h', 'a', ignore)
  for (let i = 0; i < 100; i++) bus.execute('a', {})
  const { names } = bus.stats()

  bus.attach('other', 'b', ignore)
  bus.execute('b', {})

  assert.ok(names >= 1)
  assert.is(bus.stats().names, names + 1)
})

test('openSpans is a level, doubleEnded a count', () => {
  const bus = createBus()
  record(bus, 'op.*')
  const [one, two] = [bus.startSpan('op'), bus.startSpan('op')]
  assert.is(bus.stats().openSpans, 2)
  assert.is(
    bus.span('op', {}, () => bus.stats().openSpans),
    3,
  )

  one.stop()
  one.stop()
  two.exception(new Error('broken'))

  assert.is(bus.stats().openSpans, 0)
  assert.is(bus.stats().doubleEnded, 1)
})

test('stats is a snapshot', () => {
  const bus = createBus()
  bus.attach('h', 'a', ignore)
  const before = bus.stats()

  bus.execute('a', {})

  assert.is(before.executed, 0)
  assert.is(bus.stats().executed, 1)
})

test.run()
