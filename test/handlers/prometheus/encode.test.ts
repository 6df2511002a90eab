import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import type { DataPoint, MetricDefinition, Tags } from 'sonde/metrics'
import * as assert from 'uvu/assert'
import { createEncoder, type MetricSource } from '../../../handlers/prometheus/encode.ts'
import type { Format } from '../../../handlers/prometheus/format.ts'
import { suite } from '../../harness/suite.ts'
import { definition, histogram, point, source, window } from './source.ts'
import { parseStrict } from './strict-parser.ts'

const test = suite('prometheus/encode', { limitMs: 30_000 })
const formats: readonly Format[] = ['text', 'openmetrics']

function encode(from: MetricSource, format: Format = 'text'): string {
  return [...createEncoder(from).encode(format)].join('') + (format === 'openmetrics' ? '# EOF\n' : '')
}

const exemplar = { value: 4e6, tags: { trace_id: 'abc', span_id: 'def' }, time: 1_700_000_000_123 }
const everything = source(
  [
    [
      definition('counter', 'bridge.call.stop.count', { description: 'Calls that "succeeded".\nAll.' }),
      [point(3, { method: 'a\\b"c\nd' }), point(1, { method: '' })],
    ],
    [definition('sum', 'http.server.bytes', { unit: 'kilobyte' }), [point(1.5)]],
    [definition('lastValue', 'node.memory.rss', { unit: 'byte' }), [point(123_456_789)]],
    [
      definition('summary', 'bridge.call.stop.duration', { unit: 'nanosecond', description: 'Time of a call.' }),
      [
        point(window(7, 2_500_000_000, 1_250_000_000), { method: 'x' }),
        point(window(9, 1, undefined), { method: 'idle' }),
      ],
    ],
    [
      definition('distribution', 'http.server.request.stop.duration', { unit: 'millisecond' }),
      [point(histogram([1, 1_000], [2, 0, 1], 2_345.5), { route: '/' }, { ...exemplar, value: 1_500 })],
    ],
    [definition('distribution', 'job.size'), [point(histogram([], [4], 10))]],
    [definition('counter', 'exported', { exportName: 'verbatim' }), [point(1)]],
    [definition('counter', 'never.seen'), []],
  ],
  { service: 'shop' },
)

test('text is exactly the golden file, and strictly valid', () => {
  const text = encode(everything)
  parseStrict(text, 'text')
  assert.fixture(text, readFileSync('test/golden/prometheus.txt', 'utf8'))
})

test('OpenMetrics is exactly the golden file, and strictly valid', () => {
  const text = encode(everything, 'openmetrics')
  parseStrict(text, 'openmetrics')
  assert.fixture(text, readFileSync('test/golden/prometheus-openmetrics.txt', 'utf8'))
})

test('a summary with an empty window keeps its count and sum and has no quantiles', () => {
  const text = encode(source([[definition('summary', 's'), [point(window(9, 4.5, undefined))]]]))
  assert.is(text, '# HELP s s\n# TYPE s summary\ns_sum 4.5\ns_count 9\n')
})

test('a value is converted with one rounding', () => {
  const text = encode(source([[definition('lastValue', 'd', { unit: 'nanosecond' }), [point(300)]]]))
  assert.match(text, 'd_seconds 3e-7\n')
})

test('an exemplar stands behind the bucket its value falls in, bounds included', () => {
  const lines = (value: number) => {
    const points = [point(histogram([1, 2], [1, 1, 1], 6), {}, { value, tags: { trace_id: 't' }, time: 1_500 })]
    return encode(source([[definition('distribution', 'h'), points]]), 'openmetrics')
  }
  assert.match(lines(1), 'h_bucket{le="1.0"} 1 # {trace_id="t"} 1 1.5\n')
  assert.match(lines(1.1), 'h_bucket{le="2.0"} 2 # {trace_id="t"} 1.1 1.5\n')
  assert.match(lines(9), 'h_bucket{le="+Inf"} 3 # {trace_id="t"} 9 1.5\n')
})

test('an exemplar leaves out the labels that do not fit, the last first', () => {
  const write = (tags: Tags) => {
    const points = [point(histogram([1], [1, 0], 1), {}, { value: 1, tags, time: 0 })]
    const text = encode(source([[definition('distribution', 'h'), points]]), 'openmetrics')
    return parseStrict(text, 'openmetrics')[0]?.samples[0]?.exemplar?.labels
  }
  const trace_id = 'a'.repeat(32)
  const span_id = 'b'.repeat(16)
  const uuid = 'c'.repeat(36)
  assert.equal(write({ trace_id, span_id, correlation_id: uuid }), { trace_id, span_id, correlation_id: uuid })
  assert.equal(write({ trace_id, span_id, correlation_id: 'c'.repeat(51) })?.['correlation_id'], 'c'.repeat(51))
  assert.equal(write({ trace_id, span_id, correlation_id: 'c'.repeat(52) }), { trace_id, span_id })
  assert.equal(write({ trace_id, span_id: 'b'.repeat(82), correlation_id: 'c' }), { trace_id, correlation_id: 'c' })
  // Characters, not bytes and not UTF-16 units.
  assert.equal(write({ trace_id: '😀'.repeat(120) }), { trace_id: '😀'.repeat(120) })
  assert.is(write({ trace_id: 'é'.repeat(121) }), undefined)
})

test('bounds that become one in the base unit are one bucket', () => {
  const points = [point(histogram([1e-320, 2e-320, 1], [1, 2, 4, 8], 6))]
  const text = encode(source([[definition('distribution', 'h', { unit: 'nanosecond' }), points]]))
  parseStrict(text, 'text')
  assert.match(text, 'h_seconds_bucket{le="0"} 3\nh_seconds_bucket{le="1e-9"} 7\n')
})

test('series that look the same are told apart and none is lost', () => {
  const points = [point(1, { a: '\0' }), point(2, { a: '\x01' }), point(4, { a: '\x02' }), point(8, { a: 'b' })]
  const [family] = parseStrict(encode(source([[definition('lastValue', 'g'), points]])), 'text')
  assert.equal(
    family?.samples.map(({ value }) => value),
    [1, 2, 4, 8],
  )
  assert.equal(
    family?.samples.map(({ labels }) => labels['collision']),
    [undefined, '2', '3', undefined],
  )
})

test('a series with an empty label and one without are told apart', () => {
  const tags = () => ({})
  const points = [point(1, { a: '' }), point(2, {}), point(4, { a: '', b: 'x' }), point(8, { b: 'x' })]
  const [family] = parseStrict(encode(source([[definition('lastValue', 'g', { tags }), points]])), 'text')
  assert.equal(
    family?.samples.map(({ value, labels }) => [value, labels]),
    [
      [1, {}],
      [2, { collision: '2' }],
      [4, { b: 'x' }],
      [8, { b: 'x', collision: '2' }],
    ],
  )
})

test('names of labels are the same in every scrape', () => {
  const points: DataPoint[] = [point(1, { 'a.b': 'x' })]
  const encoder = createEncoder(source([[definition('lastValue', 'g'), points]]))
  const first = [...encoder.encode('text')].join('')
  points.unshift(point(2, { a_b: 'y' }))
  assert.match(first, 'g{a_b="x"} 1\n')
  assert.match([...encoder.encode('text')].join(''), 'g{a_b_2="y"} 2\ng{a_b="x"} 1\n')
})

test('pieces are whole lines and small, however many series there are', () => {
  const points = Array.from({ length: 10_000 }, (_, i) =>
    point(histogram([1, 2, 3], [i, 1, 1, 1], i), { series: String(i) }),
  )
  const pieces = [...createEncoder(source([[definition('distribution', 'h'), points]])).encode('text')]
  assert.ok(pieces.length > 25)
  for (const piece of pieces) {
    assert.ok(piece.endsWith('\n'))
    assert.ok(piece.length < 70_000, String(piece.length))
  }
  const [family] = parseStrict(pieces.join(''), 'text')
  assert.is(family?.samples.length, 60_000)
})

test('series recorded while it is written do no harm', () => {
  const points: DataPoint[] = Array.from({ length: 10_000 }, (_, i) => point(i, { series: String(i) }))
  const pieces = createEncoder(source([[definition('lastValue', 'g'), points]])).encode('text')
  let text = ''
  for (const piece of pieces) {
    text += piece
    if (points.length < 10_100) points.push(point(1, { series: String(points.length) }))
  }
  assert.ok((parseStrict(text, 'text')[0]?.samples.length ?? 0) > 10_000)
})

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\n', '\r', '\0', '}', '{', ',', '=', '#', ' ', '\ud800', '\udc00', 'é', '😀'),
  }),
)
const tags = fc.dictionary(
  fc.oneof(fc.constantFrom('a', 'a.b', 'a_b', 'le', 'quantile', '__name__'), hostile),
  hostile,
  { maxKeys: 4 },
)
const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const count = fc.nat({ max: 1_000 })

const metric: fc.Arbitrary<readonly [MetricDefinition, readonly DataPoint[]]> = fc
  .record({
    type: fc.constantFrom('counter', 'sum', 'lastValue', 'summary', 'distribution'),
    name: fc.constantFrom('a.b', 'a_b', 'a.b.count', 'a.b_sum', 'x', 'x.total', 'x.bucket', 'y.seconds'),
    description: hostile,
    unit: fc.constantFrom('unit', 'nanosecond', 'byte'),
    bounds: fc.uniqueArray(finite, { maxLength: 4 }).map((bounds) => bounds.sort((a, b) => a - b)),
    series: fc.uniqueArray(
      fc.record({ tags, value: finite, counts: fc.array(count, { minLength: 5, maxLength: 5 }) }),
      {
        maxLength: 5,
        selector: ({ tags: of }) => JSON.stringify(Object.entries(of).sort()),
      },
    ),
  })
  .map(({ type, name, description, unit, bounds, series }) => [
    definition(type, name, { description, unit, tags: () => ({}) }),
    series.map(({ tags: of, value, counts }) => {
      if (type === 'summary') return point(window(counts[0] ?? 0, Math.abs(value), value), of)
      if (type !== 'distribution') return point(value, of)
      return point(histogram(bounds, counts.slice(0, bounds.length + 1), value), of, { value, tags: of, time: 1 })
    }),
  ])

/** Independent of the encoder: what a reader must get for a label value or a help text. */
function readable(text: string): string {
  return [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0
      return (code < 32 && code !== 10) || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : character
    })
    .join('')
}

test('what is written is read back as it was, whatever the strings and numbers', () => {
  fc.assert(
    fc.property(fc.uniqueArray(metric, { selector: ([{ name }]) => name, maxLength: 6 }), (metrics) => {
      const encoder = createEncoder(source(metrics))
      const known = new Map(metrics.map(([of, points]) => [of, points]))
      for (const format of formats) {
        const text = [...encoder.encode(format)].join('') + (format === 'openmetrics' ? '# EOF\n' : '')
        const families = parseStrict(Buffer.from(text, 'utf8'), format)
        const written = encoder.families.filter(({ definition: of }) => (known.get(of)?.length ?? 0) > 0)
        assert.is(families.length, written.length)
        for (const [index, { definition: of, help }] of written.entries()) {
          const family = families[index]
          const points = known.get(of) ?? []
          assert.is(family?.help, readable(help))
          const end = of.type === 'summary' || of.type === 'distribution' ? '_count' : ''
          const total = format === 'openmetrics' && family?.type === 'counter' ? '_total' : ''
          const last = family?.samples.filter(({ name }) => name === family.name + end + total) ?? []
          assert.is(last.length, points.length)
          for (const [at, { tags: tagsOf, value }] of points.entries()) {
            const sample = last[at]
            const values = Object.entries(sample?.labels ?? {}).filter(([name]) => !name.startsWith('collision'))
            assert.equal(
              values.map(([, text]) => text),
              Object.values(tagsOf)
                .filter((value) => value !== '')
                .map(readable),
            )
            if (typeof value === 'number') {
              const scale = of.unit === 'nanosecond' && of.type !== 'counter' ? 1e9 : 1
              assert.is(sample?.value, value / scale === 0 ? 0 : value / scale)
            } else assert.is(sample?.value, 'lifetimeCount' in value ? value.lifetimeCount : value.count)
          }
        }
      }
    }),
    { numRuns: 200 },
  )
})

test.run()
