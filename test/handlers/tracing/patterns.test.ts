import { createBus } from 'sonde'
import * as assert from 'uvu/assert'
import { eventPatterns } from '../../../handlers/tracing/patterns.ts'
import { suite } from '../../harness/suite.ts'
import { tearDown, traced } from './set-up.ts'

const test = suite('handlers/tracing: patterns')

test.after.each(tearDown)

const nothing = () => {}

test('an operation is three events; ** stands for those at any depth', () => {
  assert.equal(eventPatterns(['shop.pay']), ['shop.pay.start', 'shop.pay.stop', 'shop.pay.exception'])
  assert.equal(eventPatterns(['http.*.request']).at(0), 'http.*.request.start')
  const deep = eventPatterns(['shop.**'])
  assert.is(deep.length, 3 * 14)
  assert.ok(deep.includes('shop.*.stop') && deep.includes('shop.*.*.start'))
})

test('every pattern that comes of a good one is good, however long it is', () => {
  const bus = createBus()
  for (let segments = 0; segments < 15; segments++) {
    const operation = [...Array(segments).fill('a'), '**'].join('.')
    bus.attachMany(`test-${segments}`, eventPatterns([operation]), nothing)
    assert.ok(bus.event([...Array(segments).fill('a'), 'b', 'start']).enabled, operation)
  }
})

test('other events are not listened to, so that nobody makes them for nothing', () => {
  const bus = createBus()
  const detach = traced({ bus }).tracing.detach
  for (const { id } of bus.listHandlers()) if (id !== 'tracing') bus.detach(id)
  assert.is(bus.event('node.memory').enabled, false)
  assert.is(bus.event('shop.order.placed').enabled, false)
  assert.is(bus.operation('shop.pay').enabled, true)
  detach()
})

test('the library’s own operations are left out unless they are asked for', () => {
  const { bus, spans } = traced()
  bus.startSpan('telemetry.sink.export', { sink: 'otlp' }).stop()
  assert.equal(spans, [])
  tearDown()
  const asked = traced({ options: { patterns: ['telemetry.**'] } })
  asked.bus.startSpan('telemetry.sink.export', { sink: 'otlp' }).stop()
  asked.bus.startSpan('shop.pay', {}).stop()
  assert.equal(
    asked.spans.map(({ name }) => name),
    ['telemetry.sink.export otlp'],
  )
})

test.run()
