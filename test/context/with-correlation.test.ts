import * as assert from 'uvu/assert'
import { currentContext, withContext } from '../../src/context/current.ts'
import { isTraceId } from '../../src/context/ids.ts'
import { onRejected, type Rejection } from '../../src/context/rejections.ts'
import { startTrace, withCorrelation } from '../../src/context/with-correlation.ts'
import { suite } from '../harness/suite.ts'

const test = suite('context/with-correlation')

function rejectionsWhile(run: () => void): Rejection[] {
  const told: Rejection[] = []
  const detach = onRejected((rejection) => told.push(rejection))
  run()
  detach()
  return told
}

test('outside of any scope there is no context', () => {
  assert.is(currentContext(), undefined)
})

test('an id is current in the body and nowhere else, and the result is passed on', () => {
  const result = withCorrelation('order-17', () => currentContext()?.correlationId)
  assert.is(result, 'order-17')
  assert.is(currentContext(), undefined)
})

test('what the body throws is passed on, and the context ends', () => {
  const broken = new Error('broken')
  assert.throws(
    () =>
      withCorrelation('order-17', () => {
        throw broken
      }),
    (error: unknown) => error === broken,
  )
  assert.is(currentContext(), undefined)
})

test('without an id a trace begins, and its id is the correlation id', () => {
  withCorrelation(() => {
    const context = currentContext()
    assert.ok(isTraceId(context?.traceId))
    assert.is(context?.correlationId, context?.traceId)
    assert.is(context?.traceId, currentContext()?.traceId)
    assert.equal([context?.spanId, context?.parentSpanId, context?.traceState], [undefined, undefined, ''])
    assert.is(context?.traceFlags, 3)
    assert.is(context?.baggage.size, 0)
  })
})

test('without an id the context there is stays', () => {
  withCorrelation('order-17', () => {
    const outer = currentContext()
    withCorrelation(() => assert.is(currentContext(), outer))
    withCorrelation(undefined, () => assert.is(currentContext(), outer))
  })
})

test('an id within a trace changes the id, not the trace', () => {
  withCorrelation('order-17', () => {
    const outer = currentContext()
    withCorrelation('item-3', () => {
      assert.is(currentContext()?.correlationId, 'item-3')
      assert.is(currentContext()?.traceId, outer?.traceId)
    })
    assert.is(currentContext()?.correlationId, 'order-17')
  })
})

test('startTrace makes a context that is entered later, also within another trace', () => {
  const trace = startTrace('order-17')
  assert.is(currentContext(), undefined)
  withCorrelation(() => {
    withCorrelation(trace, () => assert.is(currentContext(), trace))
    assert.is.not(currentContext()?.traceId, trace.traceId)
  })
  withContext(trace, () => assert.is(currentContext()?.correlationId, 'order-17'))
})

test('a context written by hand is entered with what it says', () => {
  const byHand = {
    correlationId: 'order-17',
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    parentSpanId: undefined,
    traceFlags: 1,
    traceState: 'vendor=1',
    baggage: new Map([['tenant', { value: 'acme', properties: '' }]]),
  }
  withContext(byHand, () => {
    const { correlationId, traceId, spanId, traceFlags, traceState, baggage } = currentContext() ?? byHand
    assert.equal(
      [correlationId, traceId, spanId, traceFlags, traceState, baggage.get('tenant')?.value],
      ['order-17', byHand.traceId, byHand.spanId, 1, 'vendor=1', 'acme'],
    )
  })
})

test('what cannot be an id counts as none and is told of, without its value', () => {
  const hostile = [
    '',
    'a b',
    'a\r\nset-cookie: x',
    '\u0000',
    '<script>',
    '../x',
    '$\u007bjndi:x}',
    'ü',
    'a'.repeat(129),
  ]
  const told = rejectionsWhile(() => {
    for (const id of hostile) {
      withCorrelation(id, () => assert.ok(isTraceId(currentContext()?.correlationId), id))
      assert.ok(isTraceId(startTrace(id).correlationId), id)
    }
  })
  assert.is(told.length, hostile.length * 2)
  assert.ok(told.every(({ header }) => header === 'correlation_id'))
  assert.equal(told.at(-1), { header: 'correlation_id', length: 129, reason: 'too_long' })
})

test('the longest id and every character that one may have are taken', () => {
  const id = 'ABCXYZabcxyz0123456789._:-'.padEnd(128, '9')
  assert.is(
    withCorrelation(id, () => currentContext()?.correlationId),
    id,
  )
})

test.run()
