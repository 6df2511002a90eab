import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { parseStrict } from './strict-parser.ts'

const test = suite('prometheus/strict-parser')

const histogram = ['# TYPE h histogram', 'h_bucket{le="1"} 1', 'h_bucket{le="+Inf"} 2', 'h_sum 3', 'h_count 2']

test('good text is read', () => {
  const text = `# HELP a x\\\\y\n# TYPE a gauge\na{l="q\\"\\n\\\\"} 1.5e-7\n${histogram.join('\n')}\n`
  const [gauge, of] = parseStrict(text, 'text')
  assert.is(gauge?.help, 'x\\y')
  assert.equal(gauge?.samples, [{ name: 'a', labels: { l: 'q"\n\\' }, value: 1.5e-7 }])
  assert.is(of?.samples.length, 4)
})

test('good OpenMetrics is read, with unit and exemplar', () => {
  const text =
    '# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total 1 # {trace_id="x"} 0.5 1.25\n# EOF\n'
  const [family] = parseStrict(Buffer.from(text), 'openmetrics')
  assert.is(family?.unit, 'seconds')
  assert.equal(family?.samples[0]?.exemplar, { labels: { trace_id: 'x' }, value: 0.5, time: 1.25 })
})

test('what the specifications forbid is refused', () => {
  const bad: [string, RegExp][] = [
    ['# TYPE a gauge\na 1', /no line feed/],
    ['# TYPE a gauge\na 1\na{x=""} 2\n', /twice/],
    ['# TYPE a gauge\r\na 1\r\n', /control character/],
    ['a 1\n', /no family/],
    ['# HELP a x\na 1\n', /no TYPE/],
    ['# TYPE a gauge\n# TYPE a gauge\n', /second TYPE/],
    ['# TYPE a gauge\na 1\n# HELP a x\n', /after its samples/],
    ['# TYPE a gauge\na 1\n# TYPE b gauge\n# HELP a x\n', /not contiguous/],
    ['# TYPE a gauge\na 1\na 2\n', /twice/],
    ['# TYPE a gauge\na{x="1",y="2"} 1\na{y="2",x="1"} 2\n', /twice/],
    ['# TYPE a gauge\na{x="1",x="2"} 1\n', /label x twice/],
    ['# TYPE a gauge\na{x="\\t"} 1\n', /escape/],
    ['# TYPE a gauge\na{__x="1"} 1\n', /reserved/],
    ['# TYPE a gauge\na{x="1",} 1\n', /a label at/],
    ['# TYPE a gauge\na 0x10\n', /number/],
    ['# TYPE a gauge\na 1e400\n', /number/],
    ['# TYPE a gauge\na 1 1234\n', /not one value/],
    ['# TYPE a gauge\na_count 1\n', /not of a/],
    ['# TYPE a gauge\n\na 1\n', /no sample/],
    ['# TYPE a blob\n', /unknown type/],
    ['# TYPE x histogram\n# TYPE x_count gauge\nx_count 1\n', /^$/],
    [`${histogram.join('\n').replace('} 2', '} 0')}\n`, /count 0 after 1/],
    [`${histogram.join('\n').replace('h_count 2', 'h_count 3')}\n`, /not _count/],
    [`${histogram.toSpliced(2, 1).join('\n')}\n`, /no \+Inf/],
    [`${histogram.toSpliced(3, 1).join('\n')}\n`, /not one _sum/],
    [`${histogram.join('\n')}\n# TYPE h_count gauge\nh_count{x="1"} 1\n`, /two families/],
  ]
  for (const [text, problem] of bad) {
    if (problem.source === '^$') assert.not.throws(() => parseStrict(text, 'text'))
    else assert.throws(() => parseStrict(text, 'text'), problem, text)
  }
  assert.throws(() => parseStrict(Buffer.from([0x23, 0xff, 0x0a]), 'text'))
  assert.throws(() => parseStrict('# TYPE a gauge\na 1\n', 'openmetrics'), /no # EOF/)
  assert.throws(() => parseStrict('# TYPE a counter\na 1\n# EOF\n', 'openmetrics'), /not of a/)
})

test.run()
