import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { namesOf, record } from './recorder.ts'
import { turn } from './turn.ts'

const test = suite('core/span-async')

function fixture() {
  const clock = manualClock()
  const bus = createBus({ clock })
  return { clock, bus, events: record(bus, 'op.*') }
}

async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not reject')
}

test('a promise is followed: stop comes when it resolves, before the caller goes on, and its value is passed on', async () => {
  const { clock, bus, events } = fixture()
  const value = { some: 'thing' }

  const promise = bus.span('op', { who: 'me' }, async (span) => {
    await turn()
    span.set({ late: true })
    return value
  })
  assert.equal(namesOf(events), ['op.start'])
  assert.is(bus.stats().openSpans, 1)
  clock.advance(3)

  assert.is(await promise, value)
  assert.equal(namesOf(events), ['op.start', 'op.stop'])
  assert.equal(events[1]?.measurements, { duration: 3e6, monotonic_time: 3e6 })
  assert.equal(events[1]?.metadata, {
    who: 'me',
    late: true,
    outcome: 'ok',
    span_id: events[0]?.metadata['span_id'],
  })
  assert.is(bus.stats().openSpans, 0)
})

test('a promise that rejects ends in exception of kind rejection, and the caller gets the same reason', async () => {
  const { bus, events } = fixture()
  const reason = new Error('broken')

  const caught = await reasonOf(bus.span('op', {}, () => Promise.reject(reason)))

  assert.is(caught, reason)
  assert.equal(namesOf(events), ['op.start', 'op.exception'])
  assert.is(events[1]?.metadata['kind'], 'rejection')
  assert.is(events[1]?.metadata['reason'], reason)
  assert.is(events[1]?.metadata['stacktrace'], reason.stack)
  assert.is(events[1]?.metadata['outcome'], 'exception')
})

test('any value can be the reason of a rejection', async () => {
  const { bus, events } = fixture()

  for (const reason of [undefined, null, 0, '', Symbol('s')]) {
    assert.is(await reasonOf(bus.span('op', {}, () => Promise.reject(reason))), reason)
    assert.is(events.at(-1)?.event, 'op.exception')
    assert.is(events.at(-1)?.metadata['reason'], reason)
  }
})

test('an aborted operation ends in exception with outcome aborted', async () => {
  const { bus, events } = fixture()
  const controller = new AbortController()
  const promise = bus.span('op', {}, async () => {
    await turn()
    controller.signal.throwIfAborted()
  })

  controller.abort()
  await reasonOf(promise)

  assert.is(events[1]?.event, 'op.exception')
  assert.is(events[1]?.metadata['outcome'], 'aborted')
  assert.is(events[1]?.metadata['kind'], 'rejection')
})

test('an async body that fails without throwing has outcome error', async () => {
  const { bus, events } = fixture()

  await bus.span('op', {}, async (span) => {
    await turn()
    span.fail('declined')
  })

  assert.is(events[1]?.event, 'op.stop')
  assert.is(events[1]?.metadata['outcome'], 'error')
  assert.is(events[1]?.metadata['error'], 'declined')
})

test('a hundred spans at once keep their starts and ends together', async () => {
  const { bus, events } = fixture()
  const work = Array.from({ length: 100 }, (_, i) =>
    bus.span('op', { i }, async () => {
      if (i % 2 === 0) await turn()
      if (i % 3 === 0) await turn()
      return i
    }),
  )

  const results = await Promise.all(work)

  assert.equal(
    results,
    work.map((_, i) => i),
  )
  const starts = new Map(
    events.filter(({ event }) => event === 'op.start').map((one) => [one.metadata['span_id'], one]),
  )
  const stops = events.filter(({ event }) => event === 'op.stop')
  assert.is(starts.size, 100)
  assert.is(stops.length, 100)
  for (const { metadata } of stops) assert.is(starts.get(metadata['span_id'])?.metadata['i'], metadata['i'])
})

test('a stop handler that throws does not turn a result into a rejection', async () => {
  const bus = createBus()
  record(bus, 'telemetry.**')
  bus.attach('bad', 'op.*', () => {
    throw new Error('broken')
  })

  assert.is(await bus.span('op', {}, async () => 7), 7)
})

test('an unlistened async span passes the promise on', async () => {
  const bus = createBus()
  const reason = new Error('broken')

  assert.is(await bus.span('op', {}, async () => 7), 7)
  assert.is(await reasonOf(bus.span('op', {}, async () => Promise.reject(reason))), reason)
})

test('a span whose bus is closed before its promise settles still passes the result on, silently', async () => {
  const { bus, events } = fixture()
  const promise = bus.span('op', {}, async () => {
    await turn()
    return 7
  })

  await bus.close()

  assert.is(await promise, 7)
  assert.equal(namesOf(events), ['op.start'])
})

test.run()
