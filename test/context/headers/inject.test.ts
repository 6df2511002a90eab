import { validateHeaderName, validateHeaderValue } from 'node:http'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { Context } from '../../../src/context/context.ts'
import { withContext } from '../../../src/context/current.ts'
import { extract } from '../../../src/context/headers/extract.ts'
import { inject } from '../../../src/context/headers/inject.ts'
import { withSpan } from '../../../src/context/with-span.ts'
import { createBus } from '../../../src/core/bus.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('context/headers/inject')

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'
const incoming = {
  'x-correlation-id': 'mine',
  traceparent: `00-${traceId}-${spanId}-01`,
  tracestate: 'congo=t61rcWkgMzE',
  baggage: 'a=%20;p',
}

test('without a context the carrier comes back untouched', () => {
  const carrier = { accept: '*/*' }
  assert.is(inject(carrier), carrier)
  assert.equal(carrier, { accept: '*/*' })
  assert.equal(inject(), {})
})

test('what was extracted is injected, on the same object', () => {
  const carrier = { accept: '*/*' }
  assert.is(inject(carrier, extract(incoming)), carrier)
  assert.equal(carrier, { accept: '*/*', ...incoming })
})

test('of a trace that begins here there is no tracestate and no baggage', () => {
  const context = extract({})
  const headers = inject(undefined, context)
  assert.equal(Object.keys(headers).sort(), ['traceparent', 'x-correlation-id'])
  assert.is(headers['x-correlation-id'], context.traceId)
  assert.match(headers['traceparent'] ?? '', new RegExp(`^00-${context.traceId}-[0-9a-f]{16}-03$`))
  assert.is(inject(undefined, context)['traceparent'], headers['traceparent'])
})

test('the parent of the receiver is the span under way, or the one that is named', () => {
  const bus = createBus()
  bus.attach('listener', 'work.*', () => {})
  withContext(extract(incoming), () =>
    withSpan('work', (span) => assert.is(inject()['traceparent'], `00-${traceId}-${span.id}-01`), { bus }),
  )
  const named = inject(undefined, extract(incoming), { spanId: '1'.repeat(16) })
  assert.is(named['traceparent'], `00-${traceId}-${'1'.repeat(16)}-01`)
  assert.is(inject(undefined, extract(incoming), { spanId: 'x\r\ny: z' })['traceparent'], incoming.traceparent)
})

test('carriers are headers of fetch, a Map, anything with set, or an object', () => {
  const context = extract(incoming)
  assert.equal(Object.fromEntries(inject(new Headers(), context)), incoming)
  assert.equal(Object.fromEntries(inject(new Map<string, string>(), context)), incoming)
  const set: string[] = []
  inject({ set: (name: string) => set.push(name) }, context)
  assert.equal(set.sort(), Object.keys(incoming).sort())
})

test('a header that is there under another case is replaced, not doubled', () => {
  const carrier = inject({ TraceParent: 'old', 'X-Correlation-ID': 'old' }, extract(incoming))
  assert.equal(Object.keys(carrier).length, 4)
  assert.is(new Headers(carrier).get('traceparent'), incoming.traceparent)
})

test('a carrier that takes nothing any more does not throw', () => {
  const context = extract(incoming)
  inject(Object.freeze({}), context)
  inject(Response.error().headers, context)
  const fail = () => {
    throw new Error('hostile')
  }
  inject({ set: fail }, context)
  inject(new Proxy({}, { get: fail, ownKeys: fail, set: fail }), context)
})

test('the headers of the seeds are added on demand, and read again', () => {
  const context = extract({ ...incoming, baggage: 'a=x%2Cy;p,b=1' })
  const { 'x-trace-id': id, 'x-span-id': span, ...others } = inject(undefined, context, { legacy: true })
  assert.is(id, traceId)
  assert.is(span, spanId)
  assert.is(others['x-trace-flags'], 'sampled=true')
  assert.is(others['x-trace-baggage'], 'a=x%2Cy,b=1')
  assert.is(others['traceparent'], incoming.traceparent)
  const again = extract({ 'x-trace-id': id, 'x-span-id': span, ...others, traceparent: undefined, baggage: undefined })
  assert.is(again.traceId, traceId)
  assert.is(again.spanId, spanId)
  assert.is(again.traceFlags, 1)
  assert.is(again.baggage.get('a')?.value, 'x,y')
})

test('of a context that was built by hand only what is legal is sent', () => {
  const built: Context = {
    correlationId: 'a\r\nb: c',
    traceId: 'A'.repeat(32),
    spanId: undefined,
    parentSpanId: undefined,
    traceFlags: 255,
    traceState: 'a=1\r\nb: c',
    baggage: new Map([['a\r\n', { value: '1', properties: '' }]]),
  }
  assert.equal(inject(undefined, built), {})
  const partly = inject(undefined, { ...built, traceId, spanId, correlationId: 'fine' })
  assert.equal(partly, { traceparent: `00-${traceId}-${spanId}-03`, 'x-correlation-id': 'fine' })
})

test('whatever was extracted, what is injected is a legal header and extracted as the same', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'a1=;,% \r\n\0\x7fé') }))
  const value = fc.oneof(text, fc.array(text), fc.constantFrom(...Object.values(incoming)))
  const headers = fc.dictionary(fc.constantFrom(...Object.keys(incoming), 'x-trace-id', 'x-trace-baggage'), value)
  fc.assert(
    fc.property(headers, (any) => {
      const context = extract(any)
      const sent = inject(undefined, context, { legacy: true })
      for (const [name, one] of Object.entries(sent)) {
        validateHeaderName(name)
        validateHeaderValue(name, one)
      }
      const again = extract(new Headers(sent))
      assert.equal(inject(undefined, again, { legacy: true }), sent)
      assert.is(again.traceId, context.traceId)
      assert.is(again.correlationId, context.correlationId)
      assert.is(again.traceState, context.traceState)
    }),
    { numRuns: 1_000 },
  )
})

test.run()
