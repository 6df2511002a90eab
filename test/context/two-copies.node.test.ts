import * as assert from 'uvu/assert'
import * as first from '../../src/context/index.ts'
import { createBus } from '../../src/core/bus.ts'
import { record } from '../core/recorder.ts'
import { secondCopy } from '../core/second-copy.ts'
import { suite } from '../harness/suite.ts'

const test = suite('context/two-copies in Node', { limitMs: 30_000 })

test('a context that one copy of the library has entered is current in the code of another, both ways', async () => {
  using second = secondCopy()
  const copy = await second.load<typeof first>('src/context/index.ts')
  assert.is.not(copy.withCorrelation, first.withCorrelation)

  first.withCorrelation('order-17', () => assert.is(copy.currentContext(), first.currentContext()))
  copy.withCorrelation('order-17', () => {
    const context = first.currentContext()
    assert.is(context?.correlationId, 'order-17')
    assert.equal(first.inject(), copy.inject())
    first.withCorrelation('item-3', () => {
      assert.equal([copy.currentContext()?.correlationId, copy.currentContext()?.traceId], ['item-3', context?.traceId])
    })
  })
})

test('on one bus that both have correlated the ids are the same, and spans nest', async () => {
  using second = secondCopy()
  const copy = await second.load<typeof first>('src/context/index.ts')
  const bus = createBus()
  const detaches = [first.correlate(bus), copy.correlate(bus)]
  const events = record(bus, '**')
  first.withCorrelation('order-17', () => bus.span('outer', {}, () => copy.withSpan('inner', () => {}, { bus })))
  bus.span('root', {}, () => bus.execute('work', {}))
  for (const detach of detaches) detach()

  const [outer, inner] = events
  assert.is(inner?.metadata['parent_span_id'], outer?.metadata['span_id'])
  assert.is(inner?.metadata['correlation_id'], 'order-17')
  const [root, work] = events.slice(4)
  assert.equal(
    [work?.metadata['trace_id'], work?.metadata['span_id']],
    [root?.metadata['trace_id'], root?.metadata['span_id']],
  )
})

test.run()
