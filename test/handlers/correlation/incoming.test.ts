import * as assert from 'uvu/assert'
import { createIncoming } from '../../../handlers/correlation/incoming.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { suite } from '../../harness/suite.ts'
import { calling, PARENT, TRACE } from './setup.ts'

const test = suite('handlers/correlation/incoming')

test('a request keeps the context that it got first, and the one entered for it', () => {
  const { receive, enter } = createIncoming(manualClock(), {})
  const request = {}
  const context = receive(request, calling)
  assert.is(receive(request, {}), context)
  assert.is.not(receive({}, calling), context)
  enter(request, undefined)
  assert.is(receive(request, {}), context)
  const inner = receive({}, {})
  enter(request, inner)
  assert.is(receive(request, calling), inner)
})

test('without trust the trace begins anew, and only the correlation id is taken', () => {
  const { receive } = createIncoming(manualClock(), { trust: false })
  const context = receive({}, { ...calling, baggage: 'tenant=acme', tracestate: 'vendor=1' })
  assert.is(context.correlationId, 'order-17')
  assert.is.not(context.traceId, TRACE)
  assert.equal([context.spanId, context.traceState, context.baggage.size], [undefined, '', 0])
})

test('of a flood of requests that claim to be sampled, so many a second are believed', () => {
  const clock = manualClock()
  const { receive } = createIncoming(clock, { maxSampledPerSecond: 100 })
  const believed = () => {
    let count = 0
    for (let i = 0; i < 50_000; i++) {
      const { traceFlags, traceId, spanId } = receive({}, calling)
      assert.equal([traceId, spanId], [TRACE, PARENT])
      if ((traceFlags & 1) === 1) count++
    }
    return count
  }
  assert.is(believed(), 100)
  clock.advance(1_000)
  assert.is(believed(), 100)
})

test('requests that make no such claim, and new traces, use nothing of it', () => {
  const { receive } = createIncoming(manualClock(), { maxSampledPerSecond: 1 })
  const unsampled = { traceparent: `00-${TRACE}-${PARENT}-00` }
  for (let i = 0; i < 10; i++) {
    assert.is(receive({}, unsampled).traceFlags & 1, 0)
    assert.is(receive({}, {}).traceFlags & 1, 1)
  }
  assert.is(receive({}, calling).traceFlags & 1, 1)
  assert.is(receive({}, calling).traceFlags & 1, 0)
})

test.run()
