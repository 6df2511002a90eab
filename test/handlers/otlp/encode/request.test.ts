import { createExportReader } from 'sonde/metrics'
import * as assert from 'uvu/assert'
import { toLogRecord } from '../../../../handlers/otlp/encode/logs.ts'
import { toMetrics } from '../../../../handlers/otlp/encode/metrics.ts'
import { type Encoding, encodeLogs, encodeMetrics } from '../../../../handlers/otlp/encode/request.ts'
import { readResponse } from '../../../../handlers/otlp/encode/response.ts'
import { splitMetrics } from '../../../../handlers/otlp/encode/split.ts'
import { suite } from '../../../harness/suite.ts'
import { fromJsonForm, official, toJsonForm } from '../official.ts'
import { shop } from '../readings.ts'

const test = suite('handlers/otlp/encode/request')
const resource = { attributes: [] }
const encodings: readonly Encoding[] = ['protobuf', 'json']

function metricsOf(items: number) {
  const { store, sell } = shop()
  for (let i = 0; i < items; i++) sell(i, { item: `item ${i}` })
  return [...toMetrics(createExportReader(store)(), false)]
}

function namesAndTags(metrics: ReturnType<typeof metricsOf>): string[] {
  return metrics.flatMap(
    ({ name, sum, gauge, histogram }) =>
      (sum ?? gauge ?? histogram)?.dataPoints.map(({ attributes }) => `${name} ${JSON.stringify(attributes)}`) ?? [],
  )
}

test('a reading is split by data points, in order, and nothing is lost or doubled', () => {
  const metrics = metricsOf(50)
  const whole = namesAndTags(metrics)
  for (const maxPoints of [1, 7, 50, 1_000]) {
    const chunks = [...splitMetrics(metrics, maxPoints)]
    assert.equal(
      chunks.flatMap((chunk) => namesAndTags([...chunk.metrics])),
      whole,
    )
    assert.ok(chunks.every(({ points }) => points > 0 && points <= maxPoints))
    assert.is(chunks.length, Math.ceil(whole.length / maxPoints))
    assert.ok(chunks.every(({ metrics: part, points }) => namesAndTags([...part]).length === points))
  }
})

for (const encoding of encodings) {
  test(`O9: a request that is too large is halved until it fits, in ${encoding}`, () => {
    const [chunk] = splitMetrics(metricsOf(200), 10_000)
    if (chunk === undefined) return assert.unreachable()
    const { requests, tooLarge } = encodeMetrics(chunk, { encoding, resource, maxBytes: 6_000 })
    assert.is(tooLarge, 0)
    assert.ok(requests.length > 5)
    assert.ok(requests.every(({ body }) => body.length <= 6_000))
    assert.is(
      requests.reduce((sum, { items }) => sum + items, 0),
      chunk.points,
    )
  })

  test(`O9: a single item over the limit is left out and counted, in ${encoding}`, () => {
    const record = (message: string) => toLogRecord({ event: 'a', measurements: {}, metadata: { message }, time: 1 })
    const records = [record('short'), record('x'.repeat(5_000)), record('short'), record('short')]
    const { requests, tooLarge } = encodeLogs(records, { encoding, resource, maxBytes: 2_000 })
    assert.is(tooLarge, 1)
    assert.is(
      requests.reduce((sum, { items }) => sum + items, 0),
      3,
    )
    assert.ok(requests.every(({ body }) => body.length <= 2_000))
  })
}

test('O7: both encodings are one object to the official code, without a 64-bit number in JSON', () => {
  const [chunk] = splitMetrics(metricsOf(5), 10_000)
  if (chunk === undefined) return assert.unreachable()
  const [json, proto] = (['json', 'protobuf'] as const).map(
    (encoding) => encodeMetrics(chunk, { encoding, resource, maxBytes: 1e9 }).requests[0]?.body ?? new Uint8Array(),
  )
  const object: unknown = JSON.parse(Buffer.from(json ?? []).toString())
  const { request } = official.metrics
  assert.equal(
    toJsonForm(request, request.decode(proto ?? new Uint8Array())),
    toJsonForm(request, fromJsonForm(request, object)),
  )
  assert.throws(() => fromJsonForm(request, JSON.parse(JSON.stringify(object).replace(/"(\d{19})"/, '$1'))))
})

test('O3: partial success is read from JSON and protobuf, with numbers as strings and as numbers', () => {
  for (const signal of ['metrics', 'logs'] as const) {
    const field = signal === 'metrics' ? 'rejectedDataPoints' : 'rejectedLogRecords'
    const { response } = official[signal]
    const partialSuccess = { [field]: 3, errorMessage: 'too old' }
    const proto = response.encode(response.create({ partialSuccess })).finish()
    const expected = { rejected: 3, message: 'too old' }
    assert.equal(readResponse(signal, 'protobuf', proto), expected)
    assert.equal(readResponse(signal, 'json', Buffer.from(JSON.stringify({ partialSuccess }))), expected)
    const text = JSON.stringify({ partialSuccess: { ...partialSuccess, [field]: '3' } })
    assert.equal(readResponse(signal, 'json', Buffer.from(text)), expected)
  }
})

test('O4: an answer that cannot be read says nothing', () => {
  const nothing = { rejected: 0, message: '' }
  const bodies = ['', '{', 'null', '[]', '"x"', '{"partialSuccess":7}', '{"partialSuccess":null}', '<html>', '\0\0']
  const hostile = '{"partialSuccess":{"rejectedDataPoints":"1e999","errorMessage":{}}}'
  const negative = '{"partialSuccess":{"rejectedDataPoints":-4}}'
  for (const body of [...bodies, hostile, negative]) {
    assert.equal(readResponse('metrics', 'json', Buffer.from(body)), nothing, body)
    assert.equal(readResponse('metrics', 'protobuf', Buffer.from(body)), nothing, body)
  }
})

test.run()
