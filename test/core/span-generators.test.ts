import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { namesOf, record } from './recorder.ts'
import { thrownBy } from './untyped.ts'

const test = suite('core/span-generators')

function fixture() {
  const clock = manualClock()
  const bus = createBus({ clock })
  return { clock, bus, events: record(bus, 'op.*') }
}

test('a generator is followed to its end: stop comes with the last value, not before', () => {
  const { clock, bus, events } = fixture()
  const values: number[] = []

  const generator = bus.span('op', {}, function* () {
    yield 1
    yield 2
  })
  for (const value of generator) {
    values.push(value)
    clock.advance(1)
    assert.equal(namesOf(events), ['op.start'])
  }

  assert.equal(values, [1, 2])
  assert.equal(namesOf(events), ['op.start', 'op.stop'])
  assert.is(events[1]?.measurements['duration'], 2e6)
  assert.is(bus.stats().openSpans, 0)
})

test('a generator’s values, return value and what is sent to it pass through', () => {
  const { bus, events } = fixture()
  const generator = bus.span('op', {}, function* (): Generator<string, string, number> {
    const first = yield 'one'
    const second = yield `got ${first}`
    return `end ${second}`
  })

  assert.equal(generator.next(), { value: 'one', done: false })
  assert.equal(generator.next(1), { value: 'got 1', done: false })
  assert.equal(generator.next(2), { value: 'end 2', done: true })
  assert.equal(generator.next(3), { value: undefined, done: true })
  assert.equal(namesOf(events), ['op.start', 'op.stop'])
})

test('a generator that is left early ends in stop', () => {
  const { bus, events } = fixture()
  let cleaned = false

  for (const value of bus.span('op', {}, function* () {
    try {
      yield 1
      yield 2
    } finally {
      cleaned = true
    }
  })) {
    assert.is(value, 1)
    break
  }

  assert.ok(cleaned)
  assert.equal(namesOf(events), ['op.start', 'op.stop'])
  assert.is(events[1]?.metadata['outcome'], 'ok')
})

test('a generator left before its first value ends in stop, once', () => {
  const { bus, events } = fixture()
  const generator = bus.span('op', {}, function* (): Generator<number, string> {
    yield 1
    return 'end'
  })

  assert.equal(generator.return('early'), { value: 'early', done: true })
  assert.equal(generator.return('again'), { value: 'again', done: true })
  assert.equal(generator.next(), { value: undefined, done: true })

  assert.equal(namesOf(events), ['op.start', 'op.stop'])
  assert.is(bus.stats().doubleEnded, 0)
})

test('a generator that yields while it is left is not over yet', () => {
  const { bus, events } = fixture()
  const generator = bus.span('op', {}, function* (): Generator<string, string> {
    try {
      yield 'work'
    } finally {
      yield 'cleaning'
    }
    return 'end'
  })
  generator.next()

  assert.equal(generator.return('early'), { value: 'cleaning', done: false })
  assert.equal(namesOf(events), ['op.start'])

  assert.equal(generator.next(), { value: 'early', done: true })
  assert.equal(namesOf(events), ['op.start', 'op.stop'])
})

test('a generator that throws ends in exception, and the consumer gets the thrown value', () => {
  const { bus, events } = fixture()
  const reason = new Error('broken')
  const generator = bus.span('op', {}, function* () {
    yield 1
    throw reason
  })

  assert.is(
    thrownBy(() => [...generator]),
    reason,
  )

  assert.equal(namesOf(events), ['op.start', 'op.exception'])
  assert.is(events[1]?.metadata['reason'], reason)
  assert.is(events[1]?.metadata['kind'], 'throw')
})

test('what is thrown into a generator may be caught there, and the span goes on', () => {
  const { bus, events } = fixture()
  const generator = bus.span('op', {}, function* () {
    try {
      yield 1
    } catch {
      yield 2
    }
    yield 3
  })
  generator.next()

  assert.equal(generator.throw(new Error('caught inside')), { value: 2, done: false })
  assert.equal([...generator], [3])

  assert.equal(namesOf(events), ['op.start', 'op.stop'])
})

test('what is thrown into a generator and not caught there is an exception', () => {
  const { bus, events } = fixture()
  const reason = new Error('sent')
  const generator = bus.span('op', {}, function* () {
    yield 1
  })
  generator.next()

  assert.is(
    thrownBy(() => generator.throw(reason)),
    reason,
  )

  assert.equal(namesOf(events), ['op.start', 'op.exception'])
})

test('an async generator is followed to its end', async () => {
  const { clock, bus, events } = fixture()
  const values: number[] = []

  for await (const value of bus.span('op', {}, async function* (span) {
    yield 1
    span.set({ late: true })
    yield 2
  })) {
    values.push(value)
    clock.advance(1)
    assert.equal(namesOf(events), ['op.start'])
  }

  assert.equal(values, [1, 2])
  assert.equal(namesOf(events), ['op.start', 'op.stop'])
  assert.is(events[1]?.measurements['duration'], 2e6)
  assert.is(events[1]?.metadata['late'], true)
})

test('an async generator that is left early ends in stop, after its finally', async () => {
  const { bus, events } = fixture()
  const order: string[] = []
  bus.attach('order', 'op.stop', () => void order.push('stop'))

  for await (const _value of bus.span('op', {}, async function* () {
    try {
      yield 1
      yield 2
    } finally {
      await Promise.resolve()
      order.push('finally')
    }
  })) {
    break
  }

  assert.equal(order, ['finally', 'stop'])
  assert.equal(namesOf(events), ['op.start', 'op.stop'])
  assert.is(events[1]?.metadata['outcome'], 'ok')
})

test('an async generator that throws ends in exception, and the consumer gets the thrown value', async () => {
  const { bus, events } = fixture()
  const reason = new Error('broken')
  let caught: unknown

  try {
    for await (const _value of bus.span('op', {}, async function* () {
      yield 1
      throw reason
    })) {
      assert.is(namesOf(events).length, 1)
    }
  } catch (error) {
    caught = error
  }

  assert.is(caught, reason)
  assert.equal(namesOf(events), ['op.start', 'op.exception'])
  assert.is(events[1]?.metadata['reason'], reason)
})

test('several next calls at once are answered in order, and end the span once', async () => {
  const { bus, events } = fixture()
  const generator = bus.span('op', {}, async function* () {
    yield 1
    yield 2
  })

  const answers = await Promise.all([generator.next(), generator.next(), generator.next(), generator.next()])

  assert.equal(
    answers.map(({ value, done }) => [value, done]),
    [
      [1, false],
      [2, false],
      [undefined, true],
      [undefined, true],
    ],
  )
  assert.equal(namesOf(events), ['op.start', 'op.stop'])
  assert.is(bus.stats().doubleEnded, 0)
})

test('a generator that nobody listens to works as if there were no span', async () => {
  const bus = createBus()

  const values: number[] = [
    ...bus.span('op', {}, function* () {
      yield 1
      yield 2
    }),
  ]
  for await (const value of bus.span('op', {}, async function* () {
    yield 3
  })) {
    values.push(value)
  }

  assert.equal(values, [1, 2, 3])
})

test('arrays, maps and other iterables are results, not generators', () => {
  const { bus, events } = fixture()

  for (const result of [[1, 2], new Map([[1, 2]]), new Set([1]), 'text', new Uint8Array(2)]) {
    assert.is(
      bus.span('op', {}, () => result),
      result,
    )
    assert.is(events.at(-1)?.event, 'op.stop')
  }
})

test.run()
