import * as assert from 'uvu/assert'
import { createTraceStore, type TraceLimits } from '../../../examples/observatory/trace-store.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { suite } from '../../harness/suite.ts'
import { span, spanEvent, spanId, traceId } from './spans.ts'

const test = suite('examples/observatory/trace-store')

function createStore(limits: Partial<TraceLimits> = {}) {
  const clock = manualClock(1_700_000_000_000)
  return { clock, store: createTraceStore(clock, { maxTraces: 3, maxSpans: 4, maxAgeMs: 60_000, ...limits }) }
}

const open = { end: undefined, outcome: 'open' } as const

test('spans are put together by their trace', () => {
  const { store, clock } = createStore()
  clock.advance(5)
  store.add(spanEvent(1, span(spanId(1))))
  store.add(spanEvent(2, span(spanId(2))))
  store.add(spanEvent(1, span(spanId(3))))
  const found = store.find(traceId(1))
  assert.equal([...(found?.spans.keys() ?? [])], [spanId(1), spanId(3)])
  assert.equal([found?.correlationId, found?.since, found?.leftOut], ['order-1', 1_700_000_000_005, 0])
  assert.equal(
    store.newest().map(({ id }) => id),
    [traceId(2), traceId(1)],
  )
})

test('a span that has ended says how, and began when its start said', () => {
  const { store } = createStore()
  store.add(spanEvent(1, span(spanId(1), { ...open, start: 10 })))
  assert.is(store.find(traceId(1))?.spans.get(spanId(1))?.outcome, 'open')
  store.add(spanEvent(1, span(spanId(1), { start: 11, end: 50, outcome: 'error' })))
  const ended = store.find(traceId(1))?.spans.get(spanId(1))
  assert.equal([ended?.start, ended?.end, ended?.outcome], [10, 50, 'error'])
})

test('a start that comes after the end, a second end and another operation of the same id change nothing', () => {
  const { store } = createStore()
  const told = () => store.find(traceId(1))?.spans.get(spanId(1))
  store.add(spanEvent(1, span(spanId(1), open)))
  store.add(spanEvent(1, span(spanId(1), { name: 'engine', end: 50 })))
  assert.equal([told()?.name, told()?.end], ['shop.order', undefined])
  store.add(spanEvent(1, span(spanId(1), { end: 60 })))
  store.add(spanEvent(1, span(spanId(1), { end: 70, outcome: 'error' })))
  store.add(spanEvent(1, span(spanId(1), open)))
  assert.equal([told()?.end, told()?.outcome], [60, 'ok'])
})

test('a trace has no more spans than fit; the others are counted once, when they end', () => {
  const { store } = createStore({ maxSpans: 4 })
  for (let n = 1; n <= 10_000; n++) {
    store.add(spanEvent(1, span(spanId(n), open)))
    store.add(spanEvent(1, span(spanId(n))))
  }
  const found = store.find(traceId(1))
  assert.equal([found?.spans.size, found?.leftOut], [4, 9_996])
  assert.is(found?.spans.get(spanId(4))?.end, 100, 'those that are kept end as they did')
})

test('of many traces the newest are kept, and the slowest of each title', () => {
  const { store } = createStore({ maxTraces: 3 })
  for (let n = 1; n <= 1_000; n++) {
    store.add(spanEvent(n, span(spanId(n), { title: `GET /${n % 2}`, end: n === 17 || n === 18 ? 9_000 : n })))
  }
  assert.equal(
    store.newest().map(({ id }) => id),
    [traceId(1_000), traceId(999), traceId(998)],
  )
  assert.equal(
    store
      .slowest()
      .map(({ id }) => id)
      .sort(),
    [traceId(17), traceId(18)],
  )
  assert.ok(store.find(traceId(17)))
  assert.is(store.find(traceId(19)), undefined)
})

test('a slow trace that is not among the newest any more still takes what comes to it', () => {
  const { store } = createStore({ maxTraces: 1 })
  store.add(spanEvent(1, span(spanId(1), open)))
  store.add(spanEvent(2, span(spanId(2))))
  store.add(spanEvent(1, span(spanId(1), { end: 500 })))
  assert.is(store.find(traceId(1))?.spans.get(spanId(1))?.end, 500)
  assert.equal(
    store.newest().map(({ id }) => id),
    [traceId(2)],
  )
})

test('what is older than the limit is forgotten, by the clock that nobody sets', () => {
  const { store, clock } = createStore({ maxTraces: 1 })
  store.add(spanEvent(1, span(spanId(1), { end: 500 })))
  store.add(spanEvent(2, span(spanId(2))))
  clock.setWallTime(0)
  clock.advance(60_000)
  const found = () => [store.find(traceId(1)), store.find(traceId(2))].filter((one) => one !== undefined)
  assert.equal([found().length, store.newest().length, store.slowest().length], [2, 1, 1])
  clock.advance(1)
  assert.equal([found().length, store.newest().length, store.slowest().length], [0, 0, 0])
})

test.run()
