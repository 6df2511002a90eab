import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { extract } from '../../../src/context/headers/extract.ts'
import { isCorrelationId, isSpanId, isTraceId } from '../../../src/context/ids.ts'
import type { Rejection } from '../../../src/context/rejections.ts'
import { shared } from '../../../src/context/shared.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('context/headers/extract')

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'
const traceparent = `00-${traceId}-${spanId}-01`

/** What `extract` tells of headers that it does not take. */
function rejectedOf(headers: unknown): Rejection[] {
  const told: Rejection[] = []
  const tell = (rejection: Rejection) => void told.push(rejection)
  shared.onRejected.add(tell)
  try {
    extract(headers)
  } finally {
    shared.onRejected.delete(tell)
  }
  return told
}

function assertFresh(headers: unknown): void {
  const context = extract(headers)
  assert.ok(isTraceId(context.traceId))
  assert.is.not(context.traceId, traceId)
  assert.is(context.spanId, undefined)
  assert.is(context.traceState, '')
}

test('the correlation id is x-correlation-id, then x-request-id, then the trace id', () => {
  const all = { 'x-correlation-id': 'mine', 'x-request-id': 'proxy', traceparent }
  assert.is(extract(all).correlationId, 'mine')
  assert.is(extract({ ...all, 'x-correlation-id': undefined }).correlationId, 'proxy')
  assert.is(extract({ traceparent }).correlationId, traceId)
  const begun = extract({})
  assert.is(begun.correlationId, begun.traceId)
})

test('a correlation id that is none is told and the next source counts', () => {
  const headers = { 'x-correlation-id': 'a b', 'x-request-id': 'proxy' }
  assert.is(extract(headers).correlationId, 'proxy')
  assert.equal(rejectedOf(headers), [{ header: 'x-correlation-id', length: 3, reason: 'malformed' }])
  assert.equal(rejectedOf({ 'x-request-id': 'x'.repeat(129) }), [
    { header: 'x-request-id', length: 129, reason: 'too_long' },
  ])
  assert.equal(rejectedOf({ 'x-correlation-id': ['a', 'b'] }), [
    { header: 'x-correlation-id', length: 3, reason: 'duplicate' },
  ])
})

test('the trace of the caller goes on', () => {
  const context = extract({ traceparent, tracestate: 'congo=t61rcWkgMzE', baggage: 'a=%20;p' })
  assert.is(context.traceId, traceId)
  assert.is(context.spanId, spanId)
  assert.is(context.parentSpanId, undefined)
  assert.is(context.traceFlags, 1)
  assert.is(context.traceState, 'congo=t61rcWkgMzE')
  assert.equal([...context.baggage], [['a', { value: ' ', properties: 'p' }]])
})

test('an invalid traceparent is told, begins a new trace, and tracestate is ignored', () => {
  const headers = { traceparent: traceparent.toUpperCase(), tracestate: 'congo=1' }
  assertFresh(headers)
  assert.equal(rejectedOf(headers), [{ header: 'traceparent', length: 55, reason: 'malformed' }])
})

test('several traceparent headers begin a new trace, as a list and as Node and fetch join them', () => {
  const twice = [traceparent, traceparent]
  for (const value of [twice, twice.join(', '), `cc${traceparent.slice(2)}-x, ${traceparent}`]) {
    assertFresh({ traceparent: value, tracestate: 'a=1' })
    assert.is(rejectedOf({ traceparent: value })[0]?.reason, 'duplicate')
  }
  assertFresh({ traceparent, TraceParent: traceparent })
  assert.is(extract({ traceparent: [traceparent] }).traceId, traceId)
})

test('tracestate alone is ignored', () => {
  assertFresh({ tracestate: 'a=1' })
})

test('several tracestate and baggage headers are one, in order', () => {
  const headers = { traceparent, tracestate: ['a=1', '', 'b=2,c=3'], baggage: ['x=1', 'y=2'] }
  assert.is(extract(headers).traceState, 'a=1,b=2,c=3')
  assert.equal([...extract(headers).baggage.keys()], ['x', 'y'])
})

test('a wrong tracestate is told and does not touch the trace', () => {
  const headers = { traceparent, tracestate: 'a=1,B=2' }
  assert.is(extract(headers).traceId, traceId)
  assert.is(extract(headers).traceState, '')
  assert.equal(rejectedOf(headers), [{ header: 'tracestate', length: 7, reason: 'malformed' }])
})

test('baggage comes without a trace too', () => {
  assert.is(extract({ baggage: 'a=1' }).baggage.get('a')?.value, '1')
  assert.equal(rejectedOf({ baggage: 'a=1,b c' }), [{ header: 'baggage', length: 7, reason: 'malformed' }])
  assert.is(rejectedOf({ baggage: 'a=1,'.repeat(100_000) })[0]?.reason, 'too_long')
})

test('the x-trace headers of DSPex are taken where there is no traceparent', () => {
  const headers = {
    'x-correlation-id': 'dspex-1753000000000000-q1fB_2-3xYz',
    'x-trace-id': '1brma68mpl1tr128tcghp01hjg',
    'x-span-id': 'mummmsb940pj2',
    'x-parent-span-id': '',
    'x-trace-flags': 'sampled=false',
    'x-trace-baggage': 'user=al%20ice,list=a,b',
  }
  const context = extract(headers)
  assert.is(context.correlationId, 'dspex-1753000000000000-q1fB_2-3xYz')
  assert.is(context.traceId, traceId)
  assert.is(context.spanId, spanId)
  assert.is(context.traceFlags, 0)
  assert.is(context.baggage.get('list')?.value, 'a,b')
  assert.equal(rejectedOf(headers), [])
  const both = { ...headers, traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` }
  assert.is(extract(both).traceId, '1'.repeat(32))
  assert.is(extract(both).baggage.size, 0)
  assert.is(extract({ ...headers, traceparent: 'x' }).spanId, undefined)
})

test('x-trace headers that are wrong are told one by one', () => {
  const wrong = { 'x-trace-id': traceId, 'x-span-id': 'x', 'x-trace-flags': 'y', 'x-trace-baggage': 'z' }
  assert.equal(
    rejectedOf(wrong).map(({ header, reason }) => `${header} ${reason}`),
    ['x-span-id malformed', 'x-trace-flags malformed', 'x-trace-baggage malformed'],
  )
  assert.is(extract(wrong).traceId, traceId)
  assert.is(extract(wrong).traceFlags, 1)
  assert.equal(rejectedOf({ 'x-trace-id': 'zzz', 'x-span-id': spanId }), [
    { header: 'x-trace-id', length: 3, reason: 'malformed' },
  ])
})

test('headers of every kind are read, with names in any case', () => {
  const kinds: unknown[] = [
    { TraceParent: traceparent },
    { TRACEPARENT: [traceparent] },
    new Headers({ Traceparent: traceparent }),
    new Map([['Traceparent', traceparent]]),
    { get: (name: string) => (name === 'traceparent' ? [traceparent] : null) },
    Object.assign(Object.create(null), { traceparent }),
    new Proxy({ traceparent }, {}),
  ]
  for (const [i, headers] of kinds.entries()) assert.is(extract(headers).traceId, traceId, `kind ${i}`)
})

test('whatever else is given, a new trace begins', () => {
  const fail = () => {
    throw new Error('hostile')
  }
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const junk: unknown[] = [undefined, null, 1, 'traceparent', Symbol('s'), () => 1, [], [[traceparent]], proxy]
  junk.push(new Proxy({}, { get: fail, has: fail, ownKeys: fail }), { get: fail }, Object.create({ traceparent }))
  junk.push(Object.defineProperty({}, 'traceparent', { enumerable: true, get: fail }), { traceparent: 5n })
  for (const headers of junk) assertFresh(headers)
})

test('one header that cannot be read does not hide the others', () => {
  const headers = {
    get baggage() {
      throw new Error('hostile')
    },
    traceparent,
  }
  assert.is(extract(headers).traceId, traceId)
})

test('at a trust boundary only the correlation id stays', () => {
  const headers = { 'x-correlation-id': 'mine', traceparent, tracestate: 'a=1', baggage: 'b=1' }
  const context = extract(headers, { restart: true })
  assert.is(context.correlationId, 'mine')
  assert.is.not(context.traceId, traceId)
  assert.is(context.spanId, undefined)
  assert.is(context.traceState, '')
  assert.is(context.traceFlags, 3)
  assert.is(context.baggage.size, 0)
  assert.is(extract({ traceparent }, { restart: true }).correlationId, traceId)
})

test('the sampled bit can be decided here', () => {
  const unsampled = { traceparent: `00-${traceId}-${spanId}-02` }
  assert.is(extract({ traceparent }, { sampled: false }).traceFlags, 0)
  assert.is(extract(unsampled, { sampled: false }).traceFlags, 2)
  assert.is(extract(unsampled, { sampled: true }).traceFlags, 3)
  assert.is(extract(unsampled).traceFlags, 2)
  assert.is(extract({}, { sampled: false }).traceFlags, 2)
  assert.is(extract({ traceparent }, { restart: true, sampled: false }).traceFlags, 2)
})

test('of any headers at all, every id is one', () => {
  const name = fc.constantFrom('x-correlation-id', 'X-Request-ID', 'traceparent', 'tracestate', 'baggage', 'x-trace-id')
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom(traceparent, 'a=1', traceId),
    fc.array(fc.string()),
    fc.anything(),
  )
  const headers = fc.oneof(fc.dictionary(name, value), fc.anything({ withMap: true, withNullPrototype: true }))
  fc.assert(
    fc.property(headers, (any) => {
      const context = extract(any)
      assert.ok(isCorrelationId(context.correlationId))
      assert.ok(isTraceId(context.traceId))
      assert.ok(context.spanId === undefined || isSpanId(context.spanId))
      assert.ok([0, 1, 2, 3].includes(context.traceFlags))
    }),
    { numRuns: 1_000 },
  )
})

test.run()
