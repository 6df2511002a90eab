import * as assert from 'uvu/assert'
import { correlate } from '../../src/context/correlate.ts'
import { currentContext } from '../../src/context/current.ts'
import { withCorrelation } from '../../src/context/with-correlation.ts'
import { setAttributes, withSpan } from '../../src/context/with-span.ts'
import { createBus } from '../../src/core/bus.ts'
import { telemetry } from '../../src/core/default-bus.ts'
import { record } from '../core/recorder.ts'
import { suite } from '../harness/suite.ts'

const test = suite('context/with-span')

for (const kind of ['correlated', 'plain'] as const) {
  test(`on a ${kind} bus spans nest, and their attributes are told at the end`, async () => {
    const bus = createBus()
    if (kind === 'correlated') correlate(bus)
    const events = record(bus, 'shop.**')
    const result = await withSpan(
      'shop.request',
      async (span) => {
        assert.is(currentContext()?.spanId, span.id)
        assert.ok(setAttributes({ size: 3 }))
        return withSpan(
          'shop.query',
          (inner) => {
            assert.is(currentContext()?.spanId, inner.id)
            assert.is(currentContext()?.parentSpanId, span.id)
            setAttributes({ rows: 7 })
            return 42
          },
          { bus },
        )
      },
      { bus, metadata: { customer: 'Ada' } },
    )
    assert.is(result, 42)
    const [start, , inner, outer] = events
    assert.equal([start?.metadata['customer'], outer?.metadata['customer']], ['Ada', 'Ada'])
    assert.equal([inner?.metadata['rows'], outer?.metadata['rows'], outer?.metadata['size']], [7, undefined, 3])
  })
}

test('without a bus it is a span of the bus of the process', () => {
  const events = record(telemetry, 'shop.*')
  withSpan('shop', () => {})
  assert.equal(
    events.map(({ event }) => event),
    ['shop.start', 'shop.stop'],
  )
})

test('a span that nobody listens to still has a trace around it, and no attributes', () => {
  withSpan(
    'shop.request',
    (span) => {
      assert.is(span.id, '')
      assert.is(currentContext()?.spanId, undefined)
      assert.is(currentContext()?.traceId.length, 32)
      assert.is(setAttributes({ size: 3 }), false)
    },
    { bus: createBus() },
  )
})

test('outside of a span there is nothing to put attributes on', () => {
  assert.is(setAttributes({ size: 3 }), false)
  withCorrelation('order-17', () => assert.is(setAttributes({ size: 3 }), false))
})

test('what fails ends in exception, and is passed on', async () => {
  const bus = createBus()
  const events = record(bus, 'shop.*')
  const broken = new Error('broken')
  const caught = await withSpan('shop', async () => Promise.reject(broken), { bus }).catch((error: unknown) => error)
  assert.is(caught, broken)
  assert.is(events.at(-1)?.event, 'shop.exception')
})

test.run()
