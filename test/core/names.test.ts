import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import { namesOf, present, record } from './recorder.ts'

const test = suite('core/names')
/** Names without a handler of their own that a bus may remember. */
const CACHED = 4_096
const MANY = 50_000
const ignore = () => {}

test('names that nobody attached to are remembered up to a bound', () => {
  const bus = createBus()

  for (let i = 0; i < MANY; i++) bus.execute(`user.${i}.login`, {})

  assert.ok(bus.stats().names <= CACHED, `${bus.stats().names} names`)
})

test('names that only a pattern matches are bounded too, and all are heard', () => {
  const bus = createBus()
  let calls = 0
  bus.attach('h', 'user.**', () => void calls++)

  for (let i = 0; i < MANY; i++) bus.execute(`user.${i}.login`, {})

  assert.is(calls, MANY)
  assert.is(bus.stats().dispatched, MANY, 'forgetting a name forgets no count')
  assert.is(bus.stats().executed, MANY)
  assert.ok(bus.stats().names <= CACHED, `${bus.stats().names} names`)
})

test('malformed names are not remembered', () => {
  const bus = createBus()

  for (let i = 0; i < MANY; i++) bus.execute(`user ${i}`, {})

  assert.is(bus.stats().names, 0)
  assert.is(bus.stats().invalid, MANY)
})

test('names that were attached to and detached from are bounded', () => {
  const bus = createBus()

  for (let i = 0; i < 10_000; i++) {
    bus.attach('h', `user.${i}.login`, ignore)
    bus.execute(`user.${i}.login`, {})
    bus.detach('h')
  }

  assert.ok(bus.stats().names <= CACHED + 1, `${bus.stats().names} names`)
})

test('spans of many names are bounded', () => {
  const bus = createBus()

  for (let i = 0; i < 10_000; i++) bus.span(`job.${i}`, {}, ignore)

  assert.ok(bus.stats().names <= 3 * CACHED, `${bus.stats().names} names`)
})

test('a name with a handler is kept, whatever else is emitted', () => {
  const bus = createBus()
  const events = record(bus, 'kept')
  for (let i = 0; i < MANY; i++) bus.execute(`other.${i}`, {})

  bus.execute('kept', {})

  assert.is(events.length, 1)
})

test('rules and enrichers reach names that were forgotten and come back', () => {
  const bus = createBus()
  const events = record(bus, 'user.**')
  bus.execute('user.denied', {})
  bus.control({ deny: ['user.denied'] })
  bus.enrich(() => ({ added: true }))
  for (let i = 0; i < 10_000; i++) bus.execute(`other.${i}`, {})

  bus.execute('user.denied', {})
  bus.execute('user.heard', {})

  assert.equal(namesOf(events), ['user.denied', 'user.heard'])
  assert.equal(events[1]?.metadata, { added: true })
})

test('points and operations work alike, however many are held', () => {
  const bus = createBus()
  const points = Array.from({ length: 10_000 }, (_, i) => bus.event(`held.${i}`))
  const operations = Array.from({ length: 5_000 }, (_, i) => bus.operation(`work.${i}`))
  const [point, operation] = [present(points.at(-1)), present(operations.at(-1))]
  assert.is(point.enabled, false)
  assert.is(operation.enabled, false)

  const events = record(bus, 'held.**', 'work.**')
  assert.ok(points.every(({ enabled }) => enabled))
  assert.ok(operations.every(({ enabled }) => enabled))
  for (const one of points) one.execute({ n: 1 })
  assert.is(events.length, 10_000)

  events.length = 0
  point.executeLazy(() => [{ n: 1 }, { who: 'me' }])
  operation.span({ who: 'me' }, ignore)
  operation.start().stop()
  assert.equal(namesOf(events), ['held.9999', ...Array(2).fill(['work.4999.start', 'work.4999.stop']).flat()])
  assert.is(point.name, 'held.9999')
  assert.is(operation.name, 'work.4999')

  bus.control({ deny: ['held.**'] })
  assert.ok(points.every(({ enabled }) => !enabled))
  point.execute({})
  assert.is(events.length, 5)
})

test('a handler attached by name to a name that was forgotten is heard', () => {
  const bus = createBus()
  bus.execute('a', {})
  for (let i = 0; i < 10_000; i++) bus.execute(`other.${i}`, {})

  const events = record(bus, 'a')
  bus.execute('a', {})

  assert.is(events.length, 1)
})

test('a handler that emits thousands of new names is neither lost nor repeated', () => {
  const bus = createBus()
  const seen: string[] = []
  bus.attach('1', 'user.*', () => {
    seen.push('1')
    for (let i = 0; i < 5_000; i++) bus.execute(`other.${i}`, {})
    bus.detach('2')
  })
  bus.attach('2', 'user.*', () => void seen.push('2'))
  bus.attach('3', 'user.*', () => void seen.push('3'))

  bus.execute('user.a', {})
  bus.execute('user.a', {})

  assert.equal(seen, ['1', '3', '1', '3'])
})

test.run()
