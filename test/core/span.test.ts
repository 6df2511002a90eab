import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { Span } from '../../src/core/types.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { keysOf, namesOf, present, record } from './recorder.ts'
import { callUntyped, thrownBy } from './untyped.ts'

const test = suite('core/span')
const START_MS = 1_700_000_000_000

function fixture() {
  const clock = manualClock(START_MS)
  const bus = createBus({ clock })
  return { clock, bus, events: record(bus, 'op.*') }
}

test('a span emits start, runs its body, then stop, and returns what the body returned', () => {
  const { bus, events } = fixture()
  const result = { some: 'thing' }
  const before: string[] = []

  const returned = bus.span('op', {}, () => {
    before.push(...namesOf(events))
    return result
  })

  assert.is(returned, result)
  assert.equal(before, ['op.start'])
  assert.equal(namesOf(events), ['op.start', 'op.stop'])
})

test('start measures the two clocks, stop the duration in integer nanoseconds', () => {
  const { clock, bus, events } = fixture()
  clock.advance(10)

  bus.span('op', {}, () => clock.advance(2.5))

  assert.equal(events[0]?.measurements, { monotonic_time: 10e6, system_time: START_MS + 10 })
  assert.equal(events[1]?.measurements, { duration: 2.5e6, monotonic_time: 12.5e6 })
})

test('start carries the metadata and span_id, stop the same plus outcome ok', () => {
  const { bus, events } = fixture()

  bus.span('op', { who: 'me' }, () => {})

  const [start, stop] = events
  const id = start?.metadata['span_id']
  assert.match(String(id), /^[0-9a-f]{16}$/)
  assert.equal(start?.metadata, { who: 'me', span_id: id })
  assert.equal(stop?.metadata, { who: 'me', span_id: id, outcome: 'ok' })
})

test('a body that throws emits exception with the thrown value itself, and the caller gets that value', () => {
  const { clock, bus, events } = fixture()
  const reason = new Error('broken')

  const caught = thrownBy(() =>
    bus.span('op', { who: 'me' }, () => {
      clock.advance(1)
      throw reason
    }),
  )

  assert.is(caught, reason)
  assert.equal(namesOf(events), ['op.start', 'op.exception'])
  const exception = present(events[1])
  assert.equal(exception.measurements, { duration: 1e6, monotonic_time: 1e6 })
  assert.equal(exception.metadata, {
    who: 'me',
    span_id: events[0]?.metadata['span_id'],
    outcome: 'exception',
    kind: 'throw',
    reason,
    stacktrace: reason.stack,
  })
  assert.is(exception.metadata['reason'], reason)
})

test('an AbortError ends in exception with outcome aborted', () => {
  const { bus, events } = fixture()
  const reasons = [new DOMException('stop', 'AbortError'), Object.assign(new Error('stop'), { name: 'AbortError' })]

  for (const reason of reasons) {
    const caught = thrownBy(() =>
      bus.span('op', {}, () => {
        throw reason
      }),
    )
    assert.is(caught, reason)
  }

  assert.equal(namesOf(events), ['op.start', 'op.exception', 'op.start', 'op.exception'])
  for (const i of [1, 3]) assert.is(events[i]?.metadata['outcome'], 'aborted')
})

test('set puts keys over those of the start, at the end only, and measure adds measurements', () => {
  const { bus, events } = fixture()
  const metadata = { a: 1, b: 1 }

  bus.span('op', metadata, (span) => {
    const returned = span.set({ b: 2 }).measure({ rows: 3 }).set({ c: 3 }).measure({ bytes: 4 })
    assert.is(returned, span)
  })

  const [start, stop] = events
  assert.equal({ ...start?.metadata, span_id: '' }, { a: 1, b: 1, span_id: '' })
  assert.equal({ ...stop?.metadata, span_id: '' }, { a: 1, b: 2, c: 3, outcome: 'ok', span_id: '' })
  assert.equal(stop?.measurements, { rows: 3, bytes: 4, duration: 0, monotonic_time: 0 })
  assert.equal(metadata, { a: 1, b: 1 }, 'the caller’s object is left alone')
})

test('set and measure count for an exception too', () => {
  const { bus, events } = fixture()

  thrownBy(() =>
    bus.span('op', { a: 1 }, (span) => {
      span.set({ a: 2 }).measure({ rows: 3 })
      throw new Error('broken')
    }),
  )

  assert.is(events[1]?.metadata['a'], 2)
  assert.equal(keysOf(events[1]?.measurements ?? {}), ['duration', 'monotonic_time', 'rows'])
})

test('the standard measurements win over those of measure', () => {
  const { clock, bus, events } = fixture()

  bus.span('op', {}, (span) => {
    span.measure({ duration: 999, monotonic_time: 999, rows: 1 })
    clock.advance(1)
  })

  assert.equal(events[1]?.measurements, { duration: 1e6, monotonic_time: 1e6, rows: 1 })
})

test('span_id, outcome, kind, reason and stacktrace are always the bus’s', () => {
  const { bus, events } = fixture()
  const forged = { span_id: 'x', outcome: 'x', kind: 'x', reason: 'x', stacktrace: 'x' }
  const reason = new Error('broken')

  bus.span('op', forged, (span) => void span.set(forged))
  thrownBy(() =>
    bus.span('op', forged, (span) => {
      span.set(forged)
      throw reason
    }),
  )

  const [start, stop, , exception] = events
  assert.match(String(start?.metadata['span_id']), /^[0-9a-f]{16}$/)
  assert.is(stop?.metadata['span_id'], start?.metadata['span_id'])
  assert.is(stop?.metadata['outcome'], 'ok')
  assert.is(exception?.metadata['outcome'], 'exception')
  assert.is(exception?.metadata['kind'], 'throw')
  assert.is(exception?.metadata['reason'], reason)
  assert.is(exception?.metadata['stacktrace'], reason.stack)
})

test('fail makes the outcome error with its reason in the metadata, and the span ends in stop', () => {
  const { bus, events } = fixture()
  const reason = { code: 'declined' }

  const returned = bus.span('op', {}, (span) => {
    assert.is(span.fail(reason), span)
    return 7
  })

  assert.is(returned, 7)
  assert.equal(namesOf(events), ['op.start', 'op.stop'])
  assert.is(events[1]?.metadata['outcome'], 'error')
  assert.is(events[1]?.metadata['error'], reason)
})

test('a body that throws after fail is an exception', () => {
  const { bus, events } = fixture()

  thrownBy(() =>
    bus.span('op', {}, (span) => {
      span.fail('first')
      throw new Error('second')
    }),
  )

  assert.is(events[1]?.event, 'op.exception')
  assert.is(events[1]?.metadata['outcome'], 'exception')
})

test('ten thousand spans have ten thousand ids', () => {
  const { bus, events } = fixture()
  const ids = new Set<string>()

  for (let i = 0; i < 10_000; i++) bus.span('op', {}, (span) => ids.add(span.id))

  assert.is(ids.size, 10_000)
  assert.ok(!ids.has('0'.repeat(16)))
  assert.ok(events.every(({ metadata }) => ids.has(String(metadata['span_id']))))
})

test('a start handler that throws does not keep the body from running once, nor stop from coming', () => {
  const bus = createBus()
  record(bus, 'telemetry.**')
  bus.attach('bad', 'op.start', () => {
    throw new Error('broken')
  })
  const events = record(bus, 'op.*')
  let runs = 0

  bus.span('op', {}, () => void runs++)

  assert.is(runs, 1)
  assert.equal(namesOf(events), ['op.start', 'op.stop'])
})

test('a span may have no metadata, and a malformed name or metadata runs the body all the same', () => {
  const { bus, events } = fixture()
  const body = () => 'ran'

  assert.is(bus.span('op', undefined, body), 'ran')
  assert.is(callUntyped(bus.span, bus, 'op', null, body), 'ran')
  assert.equal(namesOf(events), ['op.start', 'op.stop', 'op.start', 'op.stop'])

  for (const name of ['', 'a b', 'a.*', undefined, 7, {}]) {
    assert.is(callUntyped(bus.span, bus, name, {}, body), 'ran')
  }
  for (const metadata of [1, 'x', true, Symbol('m')]) {
    assert.is(callUntyped(bus.span, bus, 'op', metadata, body), 'ran')
  }
})

test('an operation is a pre-resolved span', () => {
  const { bus, events } = fixture()
  const quiet = bus.operation('quiet')
  const operation = bus.operation('op')

  const returned = operation.span({ who: 'me' }, () => 7)

  assert.is(returned, 7)
  assert.is(operation.name, 'op')
  assert.equal(namesOf(events), ['op.start', 'op.stop'])
  assert.is(events[1]?.metadata['who'], 'me')
  assert.is(operation.enabled, true)
  assert.is(quiet.enabled, false)
  const detach = bus.attach('h', 'quiet.exception', () => {})
  assert.is(quiet.enabled, true)
  detach()
  assert.is(quiet.enabled, false)
})

test('starts are stops plus exceptions plus open, over 20,000 spans of every ending', () => {
  const { bus, events } = fixture()
  const open: Span[] = []

  for (let i = 0; i < 20_000; i++) {
    const span = i % 7 === 0 ? bus.startSpan('op') : undefined
    if (span !== undefined) open.push(span)
    if (i % 14 === 0) open.pop()?.stop()
    try {
      bus.span('op', {}, () => {
        if (i % 3 === 0) throw new Error('broken')
      })
    } catch (error) {
      assert.instance(error, Error)
    }
  }

  const count = (name: string) => events.filter(({ event }) => event === name).length
  assert.is(bus.stats().openSpans, open.length)
  assert.is(count('op.start'), count('op.stop') + count('op.exception') + open.length)
  for (const span of open) span.stop()
  assert.is(bus.stats().openSpans, 0)
})

test.run()
