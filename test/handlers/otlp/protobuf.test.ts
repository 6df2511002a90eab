import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { createExportReader } from 'sonde/metrics'
import * as assert from 'uvu/assert'
import { toMetrics } from '../../../handlers/otlp/encode/metrics.ts'
import { decodeMessage } from '../../../handlers/otlp/encode/protobuf-reader.ts'
import { encodeMessage } from '../../../handlers/otlp/encode/protobuf-writer.ts'
import { schema } from '../../../handlers/otlp/encode/schema.ts'
import { suite } from '../../harness/suite.ts'
import { fromJsonForm, official, toJsonForm, withoutEmptyLists } from './official.ts'
import { shop } from './readings.ts'

const test = suite('handlers/otlp/protobuf', { limitMs: 60_000 })
const seed = Date.now() % 1e9
const scope = { name: 'sonde', version: '1' }

function metricsRequest(exponential: boolean) {
  const { store, sell, clock } = shop()
  for (const price of [0.5, 5, 5, 50, 5_000]) sell(price)
  sell(7, { item: 'Ünï ☕', trace_id: 'no hex' })
  clock.advance(1_000)
  const metrics = [...toMetrics(createExportReader(store)(), exponential)]
  return { resourceMetrics: [{ resource: { attributes: [] }, scopeMetrics: [{ scope, metrics }] }] }
}

for (const exponential of [false, true]) {
  test(`the official code reads what we write, byte for byte, ${exponential ? 'exponential' : 'explicit'} histograms`, () => {
    const request = metricsRequest(exponential)
    const bytes = encodeMessage('MetricsRequest', request)
    const decoded = official.metrics.request.decode(bytes)
    assert.equal(withoutEmptyLists(toJsonForm(official.metrics.request, decoded)), withoutEmptyLists(request))
    assert.equal(Buffer.from(official.metrics.request.encode(decoded).finish()), Buffer.from(bytes))
  })
}

test('the metrics as OTLP/JSON are what the golden file says', () => {
  const text = `${JSON.stringify(metricsRequest(false), undefined, 2)}\n`
  assert.is(text, readFileSync(new URL('../../golden/otlp-metrics.json', import.meta.url), 'utf8'))
})

const numbers = fc.double({ noNaN: true, noDefaultInfinity: true })
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)
// The official code reads a fixed64 from text as signed.
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String)
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.record({ stringValue: fc.string({ unit: 'grapheme' }) }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: int64 }),
    fc.record({ doubleValue: numbers }),
    fc.constant({}),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
    fc.record({
      kvlistValue: fc.record({
        values: fc.array(fc.record({ key: fc.string(), value: tie('value') }), { maxLength: 3 }),
      }),
    }),
  ),
}))
const attributes = fc.array(fc.record({ key: fc.string(), value: anyValue }), { maxLength: 4 })
const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex'))

test(`any record survives the official code, integers of 64 bits included (seed ${seed})`, () => {
  const record = fc.record({
    timeUnixNano: uint64,
    severityNumber: fc.nat(24),
    severityText: fc.string(),
    body: anyValue,
    attributes,
    traceId: hex(16),
    spanId: hex(8),
    observedTimeUnixNano: uint64,
    eventName: fc.string(),
  })
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), (logRecords) => {
      const request = { resourceLogs: [{ resource: { attributes: [] }, scopeLogs: [{ scope, logRecords }] }] }
      const bytes = encodeMessage('LogsRequest', request)
      const decoded = official.logs.request.decode(bytes)
      assert.equal(Buffer.from(official.logs.request.encode(decoded).finish()), Buffer.from(bytes))
      fromJsonForm(official.logs.request, request)
      assert.equal(withoutEmptyLists(toJsonForm(official.logs.request, decoded)), withoutEmptyLists(request))
    }),
    { seed, numRuns: 300 },
  )
})

test(`any histogram survives the official code (seed ${seed})`, () => {
  const point = fc.record({
    attributes,
    startTimeUnixNano: uint64,
    timeUnixNano: uint64,
    count: uint64,
    sum: numbers,
    scale: fc.integer({ min: -10, max: 20 }),
    zeroCount: uint64,
    positive: fc.record({ offset: fc.integer(), bucketCounts: fc.array(uint64, { maxLength: 200 }) }),
    negative: fc.record({ offset: fc.integer(), bucketCounts: fc.array(uint64, { maxLength: 3 }) }),
    min: numbers,
    max: numbers,
  })
  fc.assert(
    fc.property(point, (dataPoint) => {
      const metric = { name: 'm', exponentialHistogram: { dataPoints: [dataPoint], aggregationTemporality: 1 } }
      const bytes = encodeMessage('MetricsRequest', { resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] })
      const decoded = toJsonForm(official.metrics.request, official.metrics.request.decode(bytes))
      assert.equal(
        withoutEmptyLists(decoded),
        withoutEmptyLists({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] }),
      )
    }),
    { seed, numRuns: 300 },
  )
})

test('every type in the schema is a message of it or a scalar that can be written', () => {
  const scalars = ['string', 'hex', 'bytes', 'bool', 'uint32', 'sint32', 'int64', 'uint64', 'fixed64', 'double']
  for (const [message, fields] of Object.entries(schema)) {
    const numbers = Object.values(fields).map(([number]) => number)
    assert.equal(
      numbers,
      numbers.toSorted((a, b) => a - b),
      message,
    )
    for (const [field, [, type]] of Object.entries(fields)) {
      const plain = type.replace('[]', '')
      assert.ok(plain in schema || scalars.includes(plain), `${message}.${field}: ${type}`)
    }
  }
})

test('an answer in protobuf is read, and fields that are not known are skipped', () => {
  const { response } = official.metrics
  const bytes = response
    .encode(response.create({ partialSuccess: { rejectedDataPoints: 3, errorMessage: 'höh' } }))
    .finish()
  const unknown = Buffer.from([0x78, 0x96, 0x01, 0x7a, 0x02, 1, 2, 0x7d, 1, 2, 3, 4, 0x79, 1, 2, 3, 4, 5, 6, 7, 8])
  assert.equal(decodeMessage('MetricsResponse', Buffer.concat([unknown, bytes])), {
    partialSuccess: { rejectedDataPoints: 3, errorMessage: 'höh' },
  })
})

test(`what is no message throws a RangeError and never hangs (seed ${seed})`, () => {
  for (const bytes of [[0x0a], [0x0a, 0x7f], [0x0b], [0x08, 1], Array(11).fill(0xff), [0x0a, 2, 0x08]])
    assert.throws(
      () => decodeMessage('MetricsResponse', Uint8Array.from(bytes)),
      (error: unknown) => error instanceof RangeError,
    )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        decodeMessage('LogsResponse', bytes)
      } catch (error) {
        assert.instance(error, RangeError)
      }
    }),
    { seed, numRuns: 3_000 },
  )
})

test.run()
