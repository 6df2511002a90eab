import * as assert from 'uvu/assert'
import { attachTraces } from '../../../examples/observatory/traces.ts'
import { correlate } from '../../../src/context/correlate.ts'
import { withCorrelation } from '../../../src/context/with-correlation.ts'
import { createBus } from '../../../src/core/bus.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { testHandler } from '../../../src/testing/test-handler.ts'
import { suite } from '../../harness/suite.ts'
import { spanId, traceId } from './spans.ts'

const test = suite('examples/observatory/traces')

function createBench(limits?: Parameters<typeof attachTraces>[1]) {
  const clock = manualClock(1_700_000_000_000)
  const bus = createBus({ clock })
  correlate(bus)
  return { clock, bus, traces: attachTraces(bus, limits) }
}

test('behaves as a handler must', () =>
  testHandler(attachTraces, {
    options: { maxTraces: 10 },
    events: ['shop.order.start', 'shop.order.stop', 'shop.order.exception', 'shop.order.placed'],
    invalid: [{ maxTraces: 0 }, { maxSpans: Number.NaN }, { maxAgeMs: '1' }, { maxAge: 1 }],
  }))

test('the spans of a bus become a waterfall on its clock', async () => {
  const { bus, clock, traces } = createBench()
  clock.advance(1_000)
  await withCorrelation('order-17', () =>
    bus.span('shop.order', {}, async () => {
      clock.advance(10)
      bus.span('shop.stock', { article: 'tea' }, () => clock.advance(20))
      await Promise.resolve()
      assert.throws(() =>
        bus.span('shop.payment', {}, () => {
          clock.advance(10)
          throw new Error('card declined')
        }),
      )
    }),
  )
  const [row] = traces.list().newest
  assert.equal([row?.title, row?.duration, row?.spans, row?.failed], ['shop.order', 0.04, 3, 1])

  const found = traces.find(row?.id ?? '')
  assert.equal([found?.title, found?.correlationId, found?.since], ['shop.order', 'order-17', 1_700_000_001_000])
  assert.equal(
    found?.bars.map(({ name, depth, offset, width, outcome }) => [name, depth, offset, width, outcome]),
    [
      ['shop.order', 0, 0, 1, 'ok'],
      ['shop.stock', 1, 0.25, 0.5, 'ok'],
      ['shop.payment', 1, 0.75, 0.25, 'exception'],
    ],
  )
  assert.equal([found?.bars[1]?.detail, found?.bars[2]?.problem], ['tea', 'card declined'])
})

test('a span that does not end is shown as open, for as long as traces are kept', () => {
  const { bus, clock, traces } = createBench({ maxAgeMs: 5_000 })
  withCorrelation(() => bus.startSpan('shop.order'))
  clock.advance(3_000)
  assert.equal(
    traces.list().newest.map(({ isOpen, duration }) => [isOpen, duration]),
    [[true, 3]],
  )
  clock.advance(3_000)
  assert.equal(traces.list(), { newest: [], slowest: [] })
})

test('events of the library itself, and of buses that are not correlated, are not kept', () => {
  const { bus, traces } = createBench()
  bus.span('telemetry.sink.export', { sink: 'test' }, () => {})
  withCorrelation(() => bus.execute('shop.order.placed', { monotonic_time: 1, duration: 1 }))
  assert.equal(traces.list().newest, [])
  const alone = createBus()
  const none = attachTraces(alone)
  alone.span('shop.order', {}, () => {})
  assert.equal(none.list().newest, [])
})

test('a flood of traces and a trace of many spans do not make it grow', () => {
  const { bus, traces } = createBench({ maxTraces: 50, maxSpans: 5 })
  for (let n = 1; n <= 20_000; n++) {
    const metadata = { trace_id: traceId(n), span_id: spanId(n), method: 'GET', route: `/${n}` }
    bus.execute('shop.order.stop', { monotonic_time: n + 1, duration: 1 }, metadata)
  }
  for (let n = 1; n <= 10_000; n++) {
    const metadata = { trace_id: traceId(1), span_id: spanId(n) }
    bus.execute('shop.order.stop', { monotonic_time: n, duration: 1 }, metadata)
  }
  const kept = Array.from({ length: 20_000 }, (_, n) => traces.find(traceId(n + 1))).filter(
    (found) => found !== undefined,
  )
  assert.ok(kept.length <= 50 + 20 * 6, `${kept.length} are kept`)
  assert.ok(kept.every(({ bars }) => bars.length <= 5))
  assert.ok(JSON.stringify(traces.list()).length < 10_000)
})

test('after detach nothing is added, and what was kept can be read', () => {
  const { bus, traces } = createBench()
  withCorrelation(() => bus.span('shop.order', {}, () => {}))
  traces.detach()
  withCorrelation(() => bus.span('shop.order', {}, () => {}))
  assert.is(traces.list().newest.length, 1)
})

test.run()
