import { setImmediate as turn } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { TelemetryError } from '../../src/core/errors.ts'
import { type Capture, captureEvents } from '../../src/testing/index.ts'
import { suite } from '../harness/suite.ts'

const test = suite('testing/capture-events')

function names({ events }: Capture): string[] {
  return events.map(({ event }) => event)
}

async function problem(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    assert.ok(error instanceof TelemetryError && error.code === 'timeout')
    return error instanceof Error ? error.message : ''
  }
  return assert.unreachable() ?? ''
}

test('events that match one of the patterns are kept in order, with the very objects', () => {
  const bus = createBus()
  const capture = captureEvents(bus, ['shop.*', 'user.login', 'user.*'])
  const measurements = { count: 1 }
  const metadata = { reason: new Error('x') }
  bus.execute('shop.sold', measurements, metadata)
  bus.execute('other.event', {})
  bus.execute('user.login', {})
  assert.equal(names(capture), ['shop.sold', 'user.login'])
  assert.is(capture.events[0]?.measurements, measurements)
  assert.is(capture.events[0]?.metadata, metadata)
})

test('nothing is captured after detach, which can be repeated and leaves no row', () => {
  const bus = createBus()
  const capture = captureEvents(bus, '**')
  assert.is(capture.detach(), true)
  assert.is(capture.detach(), false)
  bus.execute('a.b', {})
  assert.equal(capture.events, [])
  assert.equal(bus.listHandlers(), [])
})

test('using detaches at the end of the block', () => {
  const bus = createBus()
  {
    using capture = captureEvents(bus, '**')
    bus.execute('a.b', {})
    assert.is(capture.events.length, 1)
  }
  assert.equal(bus.listHandlers(), [])
})

test('several captures of one bus do not disturb each other', () => {
  const bus = createBus()
  const first = captureEvents(bus, 'a.*')
  const second = captureEvents(bus, '**')
  bus.execute('a.b', {})
  first.detach()
  bus.execute('a.c', {})
  assert.equal([names(first), names(second)], [['a.b'], ['a.b', 'a.c']])
})

test('wrong patterns and options throw coded errors', () => {
  const bus = createBus()
  assert.throws(
    () => captureEvents(bus, 'a..b'),
    (error: unknown) => error instanceof TelemetryError && error.code === 'invalid_pattern',
  )
  assert.throws(() => captureEvents(bus, []))
  const scope: never = 'thread' as never
  assert.throws(
    () => captureEvents(bus, 'a', { scope }),
    (error: unknown) => error instanceof TelemetryError && error.code === 'invalid_option',
  )
})

test('waitFor sees an event of the past', async () => {
  const bus = createBus()
  const capture = captureEvents(bus, '**')
  bus.execute('a.b', { n: 1 })
  bus.execute('a.b', { n: 2 })
  assert.equal((await capture.waitFor('a.b')).measurements, { n: 1 })
  assert.equal((await capture.waitFor(({ measurements }) => measurements['n'] === 2)).measurements, { n: 2 })
})

test('waitFor waits for a name, a pattern or a predicate', async () => {
  const bus = createBus()
  const capture = captureEvents(bus, '**')
  const waits = [
    capture.waitFor('a.b.c'),
    capture.waitFor('a.*.c'),
    capture.waitFor(({ metadata }) => metadata['id'] === 7),
  ]
  bus.execute('a.b', {}, { id: 1 })
  bus.execute('a.b.c', {}, { id: 7 })
  for (const { metadata } of await Promise.all(waits)) assert.equal(metadata, { id: 7 })
})

test('waitFor looks on after the list was emptied', async () => {
  const bus = createBus()
  const capture = captureEvents(bus, '**')
  bus.execute('a.a', {})
  bus.execute('a.a', {})
  const wait = capture.waitFor('a.b')
  capture.events.length = 0
  bus.execute('a.b', {})
  assert.is((await wait).event, 'a.b')
})

test('a time-out says what was seen instead', async () => {
  const bus = createBus()
  const capture = captureEvents(bus, '**')
  bus.execute('a.b', {})
  bus.execute('a.c', {})
  bus.execute('a.b', {})
  assert.is(
    await problem(capture.waitFor('a.d', { timeoutMs: 1 })),
    "[sonde] captureEvents: 'a.d' was not seen within 1 ms; seen: a.b (2 times), a.c",
  )
  for (let i = 0; i < 30; i++) bus.execute(`n.x${i}`, {})
  assert.match(
    await problem(capture.waitFor(() => false, { timeoutMs: 1 })),
    /an event that matches .* and 12 other names$/,
  )
  assert.match(await problem(captureEvents(bus, 'z').waitFor('z', { timeoutMs: 1 })), /seen: nothing$/)
})

test('detach ends what waits', async () => {
  const bus = createBus()
  const capture = captureEvents(bus, '**')
  const wait = problem(capture.waitFor('a.b', { timeoutMs: 60_000 }))
  capture.detach()
  assert.match(await wait, 'before the capture was detached')
})

test('a predicate that throws rejects and reaches no emitter', async () => {
  const bus = createBus()
  const capture = captureEvents(bus, '**')
  const wait = capture.waitFor(() => {
    throw new Error('predicate')
  })
  bus.execute('a.b', {})
  try {
    await wait
    assert.unreachable()
  } catch (error) {
    assert.ok(error instanceof Error && error.message === 'predicate')
  }
  assert.is(bus.stats().failures, 0)
})

test('in the scope of a context, tests side by side see their own events only', async () => {
  const bus = createBus()
  const run = async (name: string) => {
    const capture = captureEvents(bus, '**', { scope: 'context' })
    bus.execute(`${name}.sync`, {})
    await turn()
    bus.execute(`${name}.later`, {})
    await Promise.all([1, 2].map(async (n) => bus.execute(`${name}.child${n}`, {})))
    setTimeout(() => bus.execute(`${name}.timer`, {}), 0)
    await capture.waitFor(`${name}.timer`)
    capture.detach()
    bus.execute(`${name}.after`, {})
    return names(capture)
  }
  const own = (name: string) => ['sync', 'later', 'child1', 'child2', 'timer'].map((end) => `${name}.${end}`)
  assert.equal(await Promise.all([run('one'), run('two')]), [own('one'), own('two')])
})

test('a capture in the scope of a context gives it back to the one before', () => {
  const bus = createBus()
  const outer = captureEvents(bus, '**', { scope: 'context' })
  const inner = captureEvents(bus, '**', { scope: 'context' })
  bus.execute('in.ner', {})
  inner.detach()
  bus.execute('out.er', {})
  outer.detach()
  assert.equal([names(outer), names(inner)], [['out.er'], ['in.ner']])
})

test('wrong patterns leave no scope behind', () => {
  const bus = createBus()
  const outer = captureEvents(bus, '**', { scope: 'context' })
  assert.throws(() => captureEvents(bus, 'a..b', { scope: 'context' }))
  bus.execute('a.b', {})
  outer.detach()
  assert.equal(names(outer), ['a.b'])
})

test.run()
