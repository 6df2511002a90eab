import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import { namesOf, record } from './recorder.ts'
import { codeThrownBy, thrownBy } from './untyped.ts'

const test = suite('core/instrument')

test('an instrumented function gets its arguments and returns its result, in a span', () => {
  const bus = createBus()
  const events = record(bus, 'math.add.*')
  const add = bus.instrument('math.add', (a: number, b: number) => a + b)

  assert.is(add(1, 2), 3)

  assert.equal(namesOf(events), ['math.add.start', 'math.add.stop'])
})

test('an instrumented method keeps its this', () => {
  const bus = createBus()
  record(bus, 'counter.*')
  const counter = {
    count: 41,
    next: bus.instrument('counter', function (this: { count: number }) {
      return ++this.count
    }),
  }

  assert.is(counter.next(), 42)
  assert.is(counter.count, 42)
})

test('metadata is made from the arguments of each call', () => {
  const bus = createBus()
  const events = record(bus, 'user.load.start')
  const load = bus.instrument(
    'user.load',
    (id: string, depth: number) => `${id}${depth}`,
    (id, depth) => ({ user: id, depth }),
  )

  load('ann', 1)
  load('bob', 2)

  assert.equal(
    events.map(({ metadata }) => [metadata['user'], metadata['depth']]),
    [
      ['ann', 1],
      ['bob', 2],
    ],
  )
})

test('what an instrumented function throws is thrown on, and the span ends in exception', () => {
  const bus = createBus()
  const events = record(bus, 'op.*')
  const reason = new Error('broken')
  const broken = bus.instrument('op', () => {
    throw reason
  })

  assert.is(thrownBy(broken), reason)

  assert.equal(namesOf(events), ['op.start', 'op.exception'])
})

test('an instrumented async function is followed', async () => {
  const bus = createBus()
  const events = record(bus, 'op.*')
  const later = bus.instrument('op', async (n: number) => n * 2)

  const promise = later(21)
  assert.equal(namesOf(events), ['op.start'])

  assert.is(await promise, 42)
  assert.equal(namesOf(events), ['op.start', 'op.stop'])
})

test('a metadata function that throws does not keep the function from running once', () => {
  const bus = createBus()
  record(bus, '**')
  let runs = 0
  const work = bus.instrument(
    'op',
    () => ++runs,
    () => {
      throw new Error('broken')
    },
  )

  assert.is(work(), 1)
  assert.is(runs, 1)
})

test('an instrumented function that nobody listens to runs as it is', () => {
  const bus = createBus()
  const work = bus.instrument('op', (n: number) => n + 1)

  assert.is(work(1), 2)
})

test('a function instrumented before a handler came is heard afterwards', () => {
  const bus = createBus()
  const work = bus.instrument('op', () => 7)
  work()
  const events = record(bus, 'op.*')

  work()

  assert.equal(namesOf(events), ['op.start', 'op.stop'])
})

test('a bad name throws invalid_name when the function is wrapped', () => {
  const bus = createBus()

  assert.is(
    codeThrownBy(() => bus.instrument('not a name', () => {})),
    'invalid_name',
  )
})

test('after close an instrumented function still runs, silently', async () => {
  const bus = createBus()
  const events = record(bus, 'op.*')
  const work = bus.instrument('op', (n: number) => n + 1)

  await bus.close()

  assert.is(work(1), 2)
  assert.is(events.length, 0)
})

test.run()
