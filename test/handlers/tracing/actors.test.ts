import { SpanKind } from '@opentelemetry/api'
import { createActorSystem, genServer } from 'sonde/actor'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { traced } from './set-up.ts'

const test = suite('handlers/tracing/actors')

test('a call over three actors is one trace: each handling is within the sending, and that within the call', async () => {
  const { bus, spans } = traced()
  const system = createActorSystem({ bus })
  const last = system.spawn(genServer({ handleCall: () => 'tea' }), { type: 'Last' })
  const middle = system.spawn(genServer({ handleCall: (_request, _from, ctx) => ctx.call(last, 1) }), {
    type: 'Middle',
  })
  const first = system.spawn(genServer({ handleCall: (_request, _from, ctx) => ctx.call(middle, 1) }), {
    type: 'First',
  })
  await system.idle()
  assert.equal(
    spans.map(({ name, kind, attributes }) => [name, kind, attributes['actor.pid']]),
    [
      ['actor.spawn Last', SpanKind.INTERNAL, '<0.1.0>'],
      ['actor.spawn Middle', SpanKind.INTERNAL, '<0.2.0>'],
      ['actor.spawn First', SpanKind.INTERNAL, '<0.3.0>'],
    ],
  )
  await bus.span('shop.order', {}, () => system.call(first, 1))
  await system.idle()
  const made = spans.filter(({ name }) => !name.startsWith('actor.spawn'))
  const order = made.find(({ name }) => name === 'shop.order')
  const trace = order?.spanContext().traceId
  assert.ok(made.every((span) => span.spanContext().traceId === trace))
  /** A span with all that is around it, the outermost first. */
  const pathOf = (span: (typeof made)[number]): string[] => {
    const parent = made.find((one) => one.spanContext().spanId === span.parentSpanContext?.spanId)
    return [...(parent === undefined ? [] : pathOf(parent)), span.name.replace('actor.', '')]
  }
  const deepest = made.find(({ name }) => name === 'actor.message.handle Last')
  assert.equal(deepest && pathOf(deepest), [
    'shop.order',
    'message.send First',
    'message.handle First',
    'message.send Middle',
    'message.handle Middle',
    'message.send Last',
    'message.handle Last',
  ])
  const kindOf = (name: string) => made.find((span) => span.name === name)?.kind
  assert.is(kindOf('actor.message.send Last'), SpanKind.PRODUCER)
  assert.is(kindOf('actor.message.handle Last'), SpanKind.CONSUMER)
  assert.is(kindOf('actor.gen_server.call Last'), SpanKind.CLIENT)
})

test.run()
