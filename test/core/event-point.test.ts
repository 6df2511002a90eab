import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { Measurements, Metadata } from '../../src/core/types.ts'
import { suite } from '../harness/suite.ts'
import { record } from './recorder.ts'
import { callUntyped } from './untyped.ts'

const test = suite('core/event-point')
const ignore = () => {}

test('an event point has its name, and its handlers get what it is given', () => {
  const bus = createBus()
  const events = record(bus, 'a.b')
  const point = bus.event('a.b')
  const [measurements, metadata] = [{ n: 1 }, { who: 'me' }]

  point.execute(measurements, metadata)

  assert.is(point.name, 'a.b')
  assert.is(events.length, 1)
  assert.is(events[0]?.event, 'a.b')
  assert.is(events[0]?.measurements, measurements)
  assert.is(events[0]?.metadata, metadata)
})

test('metadata left out, undefined or null is {}', () => {
  const bus = createBus()
  const events = record(bus, 'a')
  const point = bus.event('a')

  point.execute({})
  point.execute({}, undefined)
  point.execute({}, null)

  assert.equal(
    events.map(({ metadata }) => metadata),
    [{}, {}, {}],
  )
})

test('enabled follows exact handlers as they come and go', () => {
  const bus = createBus()
  const point = bus.event('a')
  assert.is(point.enabled, false)

  bus.attach('1', 'a', ignore)
  bus.attach('2', 'a', ignore)
  assert.is(point.enabled, true)

  bus.detach('1')
  assert.is(point.enabled, true)

  bus.detach('2')
  assert.is(point.enabled, false)
})

test('enabled follows patterns as they come and go', () => {
  const bus = createBus()
  const point = bus.event('a.b')

  const detach = bus.attach('h', 'a.*', ignore)
  assert.is(point.enabled, true)
  assert.is(bus.event('a.b.c').enabled, false)

  detach()
  assert.is(point.enabled, false)
})

test('enabled is true at once for a point made after its handler', () => {
  const bus = createBus()
  bus.attach('h', 'a.**', ignore)

  assert.is(bus.event('a.b').enabled, true)
})

test('enabled survives thirty attaches and detaches', () => {
  const bus = createBus()
  const point = bus.event('a')
  let calls = 0

  for (let i = 0; i < 30; i++) {
    bus.attach('h', 'a', () => void calls++)
    assert.is(point.enabled, true)
    point.execute({})
    bus.detach('h')
    assert.is(point.enabled, false)
    point.execute({})
  }

  assert.is(calls, 30)
})

test('two points of one name are heard alike', () => {
  const bus = createBus()
  const [one, two] = [bus.event('a'), bus.event('a')]
  const events = record(bus, 'a')

  one.execute({})
  two.execute({})

  assert.is(events.length, 2)
})

test('a held point is heard, though ten thousand other names were emitted since', () => {
  const bus = createBus()
  const [point, operation] = [bus.event('held.event'), bus.operation('held.work')]
  for (let i = 0; i < 10_000; i++) bus.execute(`other.n${i}`, {})

  const events = record(bus, 'held.event', 'held.work.**')

  assert.is(point.enabled, true)
  assert.is(operation.enabled, true)
  point.execute({})
  bus.execute('held.event', {})
  operation.span({}, ignore)
  assert.equal(
    events.map(({ event }) => event),
    ['held.event', 'held.event', 'held.work.start', 'held.work.stop'],
  )
  assert.ok(bus.detach('recorder:held.event,held.work.**'))
  assert.is(point.enabled, false)
  assert.is(bus.event('held.event').enabled, false)
})

test('a held point goes quiet, though ten thousand other names were emitted since its handler came', () => {
  const bus = createBus()
  const point = bus.event('held.event')
  bus.attach('exact', 'held.event', ignore)
  bus.attach('pattern', 'held.*', ignore)
  for (let i = 0; i < 10_000; i++) bus.execute(`held.n${i}`, {})

  bus.detach('exact')
  assert.is(point.enabled, true)
  bus.detach('pattern')

  assert.is(point.enabled, false)
  const { dispatched } = bus.stats()
  point.execute({})
  bus.execute('held.event', {})
  assert.is(bus.stats().dispatched, dispatched)
})

test('executeLazy builds the payload once when somebody listens, and never otherwise', () => {
  const bus = createBus()
  const point = bus.event('a')
  const [measurements, metadata]: [Measurements, Metadata] = [{ n: 1 }, { who: 'me' }]
  let builds = 0
  const build = (): [Measurements, Metadata] => {
    builds++
    return [measurements, metadata]
  }

  point.executeLazy(build)
  assert.is(builds, 0)

  const events = [record(bus, 'a'), record(bus, '*')]
  point.executeLazy(build)
  assert.is(builds, 1)
  for (const [seen] of events) {
    assert.is(seen?.measurements, measurements)
    assert.is(seen?.metadata, metadata)
  }
})

test('executeLazy without metadata gives {}', () => {
  const bus = createBus()
  const events = record(bus, 'a')

  bus.event('a').executeLazy(() => [{ n: 1 }])

  assert.equal(events[0]?.metadata, {})
})

test('executeLazy counts a build that throws or returns no payload, and throws nothing', () => {
  const bus = createBus()
  const events = record(bus, 'a')
  const point = bus.event('a')
  const builds = [
    () => {
      throw new Error('broken')
    },
    () => undefined,
    () => null,
    () => 1,
    () => ({}),
    () => [],
    () => Promise.resolve([{}, {}]),
  ]

  for (const build of builds) callUntyped(point.executeLazy, point, build)

  assert.is(bus.stats().invalid, builds.length)
  assert.is(events.length, 0)
})

test.run()
