import { toSafe } from 'sonde'
import * as assert from 'uvu/assert'
import { toLogRecord } from '../../../../handlers/otlp/encode/logs.ts'
import type { KeyValue } from '../../../../handlers/otlp/encode/message.ts'
import { severityOf } from '../../../../handlers/otlp/encode/severity.ts'
import { suite } from '../../../harness/suite.ts'
import { severityNumbers } from '../official.ts'
import { spanId, traceId } from '../readings.ts'

const test = suite('handlers/otlp/encode/logs')
const time = 1_700_000_000_123.5

function valuesOf(attributes: readonly KeyValue[]) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

test('an event is a record with its name, time and attributes', () => {
  const record = toLogRecord({
    event: 'shop.order.placed',
    measurements: { items: 3, weight: 0.5 },
    metadata: { customer: 'Ada', gift: true, nothing: null, list: [1, 'a'], nested: { deep: 1 } },
    time,
  })
  assert.is(record.eventName, 'shop.order.placed')
  assert.equal(record.body, { stringValue: 'shop.order.placed' })
  assert.is(record.timeUnixNano, '1700000000123500000')
  assert.is(record.observedTimeUnixNano, record.timeUnixNano)
  assert.is(record.severityText, 'INFO')
  assert.equal(record.attributes, [
    { key: 'items', value: { intValue: '3' } },
    { key: 'weight', value: { doubleValue: 0.5 } },
    { key: 'customer', value: { stringValue: 'Ada' } },
    { key: 'gift', value: { boolValue: true } },
    { key: 'nothing', value: {} },
    { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'a' }] } } },
    { key: 'nested', value: { kvlistValue: { values: [{ key: 'deep', value: { intValue: '1' } }] } } },
  ])
})

test('trace and span are the record’s own when they are hex, and attributes when not', () => {
  const traced = toLogRecord({
    event: 'a',
    measurements: {},
    metadata: { trace_id: traceId.toUpperCase(), span_id: spanId },
    time,
  })
  assert.is(traced.traceId, traceId)
  assert.is(traced.spanId, spanId)
  assert.equal(traced.attributes, [])
  for (const trace_id of ['x', '0'.repeat(32), `${traceId}00`, 7]) {
    const record = toLogRecord({ event: 'a', measurements: {}, metadata: { trace_id }, time })
    assert.is(record.traceId, undefined)
    assert.is(String(valuesOf(record.attributes)['trace_id']), String(trace_id))
  }
})

test('what was thrown is told in the words of the semantic conventions', () => {
  const reason = toSafe(new TypeError('no stock'))
  const { body, attributes, severityText } = toLogRecord({
    event: 'shop.order.exception',
    measurements: { duration: 5 },
    metadata: { kind: 'throw', reason, stacktrace: 'TypeError: no stock\n    at …', outcome: 'exception' },
    time,
  })
  const values = valuesOf(attributes)
  assert.equal(body, { stringValue: 'no stock' })
  assert.is(severityText, 'ERROR')
  assert.is(values['exception.type'], 'TypeError')
  assert.is(values['exception.message'], 'no stock')
  assert.match(String(values['exception.stacktrace']), /^TypeError/)
})

test('a key that is a measurement and metadata is there twice, under two names', () => {
  const { attributes } = toLogRecord({ event: 'a', measurements: { size: 1 }, metadata: { size: 'L' }, time })
  assert.equal(valuesOf(attributes), { 'measurement.size': '1', size: 'L' })
})

test('the severity goes by the last segment, then by the outcome', () => {
  const cases = {
    'a.exception': 'ERROR',
    'telemetry.handler.failure': 'ERROR',
    'telemetry.alert.firing': 'ERROR',
    'telemetry.sink.dropped': 'WARN',
    'telemetry.performance.slow_queue': 'WARN',
    'telemetry.alert.resolved': 'INFO',
    'a.start': 'DEBUG',
    'a.stop': 'INFO',
    constructor: 'INFO',
  }
  for (const [event, severity] of Object.entries(cases))
    assert.is(severityOf(event, 'ok').severityText, severity, event)
  assert.is(severityOf('a.stop', 'error').severityText, 'ERROR')
})

test('the numbers of the severities are those of the official enum', () => {
  for (const event of ['a.start', 'a.stop', 'a.dropped', 'a.failure']) {
    const { severityNumber, severityText } = severityOf(event, undefined)
    assert.is(severityNumber, severityNumbers[`SEVERITY_NUMBER_${severityText}`])
  }
})

test.run()
