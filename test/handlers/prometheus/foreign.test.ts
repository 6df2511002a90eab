import { readFileSync } from 'node:fs'
import client from 'prom-client'
import * as assert from 'uvu/assert'
import { encodeForeign, type ForeignText, foreignFormat, parseForeign } from '../../../handlers/prometheus/foreign.ts'
import type { Format } from '../../../handlers/prometheus/format.ts'
import { suite } from '../../harness/suite.ts'
import { parseStrict } from './strict-parser.ts'

const test = suite('prometheus/foreign')

function parse(text: string, format: Format): ForeignText {
  const work = parseForeign(text, format)
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}

function convert(text: string, from: Format, to: Format, claimed: Set<string> = new Set()): string {
  const written = [...encodeForeign(parse(text, from), to, claimed)].join('')
  parseStrict(to === 'openmetrics' ? `${written}# EOF\n` : written, to)
  return written
}

const openmetrics = `# HELP jobs Jobs "done".
# TYPE jobs counter
# UNIT jobs_x x
jobs_total{q="a # {b=\\"c\\"}"} 5 # {trace_id="t"} 1 2.5
jobs_created{q="a"} 1.5
# TYPE h histogram
h_bucket{le="1.0"} 1 # {trace_id="t"} 0.5
h_bucket{le="+Inf"} 2
h_count 2
h_sum 3
h_created 1700000000.5
# TYPE build info
build_info{version="1"} 1
# TYPE raw unknown
raw 1
# EOF
`

test('OpenMetrics becomes text: no EOF, exemplars, units or creation times, and types that text has', () => {
  assert.is(
    convert(openmetrics, 'openmetrics', 'text'),
    `# HELP jobs_total Jobs "done".
# TYPE jobs_total counter
jobs_total{q="a # {b=\\"c\\"}"} 5
# TYPE h histogram
h_bucket{le="1.0"} 1
h_bucket{le="+Inf"} 2
h_count 2
h_sum 3
# TYPE build_info untyped
build_info{version="1"} 1
# TYPE raw untyped
raw 1
`,
  )
})

test('OpenMetrics stays what it is, exemplars included', () => {
  const written = convert(openmetrics, 'openmetrics', 'openmetrics')
  assert.match(written, 'jobs_total{q="a # {b=\\"c\\"}"} 5 # {trace_id="t"} 1 2.5\n')
  assert.match(written, '# HELP jobs Jobs \\"done\\".\n# TYPE jobs counter\n')
  assert.not.match(written, 'EOF')
})

test('text becomes OpenMetrics: counters without _total are of unknown type and keep their name', () => {
  const text =
    '# HELP a_total A "quoted" \\\\ help.\n# TYPE a_total counter\na_total 1\n# TYPE b counter\nb 2\n# TYPE c untyped\nc 3\nd 4\n'
  assert.is(
    convert(text, 'text', 'openmetrics'),
    '# HELP a A \\"quoted\\" \\\\ help.\n# TYPE a counter\na_total 1\n# TYPE b unknown\nb 2\n# TYPE c unknown\nc 3\n# TYPE d unknown\nd 4\n',
  )
})

test('timestamps are milliseconds in text and seconds in OpenMetrics', () => {
  const written = (line: string, from: Format, to: Format) =>
    [...encodeForeign(parse(line, from), to, new Set())].join('')
  assert.match(written('a 1 1700000000123\n', 'text', 'openmetrics'), 'a 1 1700000000.123\n')
  assert.match(written('a 1 1700000000.123\n', 'openmetrics', 'text'), 'a 1 1700000000123\n')
})

test('what Prometheus would refuse a scrape for is left out and counted', () => {
  const bad = ['a 0x10', 'a 1_000', 'a', 'a{b="c} 1', 'a{b="\n"} 1', '9a 1', 'a{b=c} 1', 'a 1 2 3', 'é 1', '{a="b"} 1']
  const { families, malformed } = parse(`ok 1\n${bad.join('\n')}\nfine 2\r\n\n# a comment\n`, 'text')
  assert.equal(
    families.map(({ name }) => name),
    ['ok', 'fine'],
  )
  assert.is(malformed, bad.length + 1)
})

test('numbers are written so that Go reads them', () => {
  assert.is(
    convert('a Nan\nb Infinity\nc -inf\nd 1e999\ne +5\ng .5\nf 9007199254740993\n', 'text', 'text').replace(
      /# TYPE.*\n/g,
      '',
    ),
    'a NaN\nb +Inf\nc -Inf\nd +Inf\ne 5\ng 0.5\nf 9007199254740993\n',
  )
})

test('families come out whole and once, wherever their samples stood', () => {
  const text = '# TYPE a gauge\na{x="1"} 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na{x="2"} 2\n'
  assert.is(convert(text, 'text', 'text'), '# TYPE a gauge\na{x="1"} 1\na{x="2"} 2\n# TYPE b gauge\nb 1\n')
})

test('a family whose name, or whose samples, are taken is left out and counted', () => {
  const text =
    '# TYPE a gauge\na 1\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n# TYPE b gauge\nb 1\n'
  const claimed = new Set(['a', 'h_count'])
  const work = encodeForeign(parse(text, 'text'), 'text', claimed)
  let written = ''
  for (;;) {
    const { done, value } = work.next()
    if (done === true) {
      assert.is(value, 2)
      break
    }
    written += value
  }
  assert.is(written, '# TYPE b gauge\nb 1\n')
  assert.ok(claimed.has('b'))
})

test('long text is read in slices', () => {
  const work = parseForeign(Array.from({ length: 10_000 }, (_, i) => `m{i="${i}"} 1\n`).join(''), 'text')
  let slices = 0
  while (work.next().done !== true) slices++
  assert.is(slices, 5)
})

test('a description keeps its line separators', () => {
  const text = '# HELP a x\u2028y\u2029z\n# TYPE a gauge\na 1\n'
  assert.is(convert(text, 'text', 'text'), text)
})

test('a label of a megabyte of quotes and braces takes linear time', () => {
  const begun = performance.now()
  parse(`a{b="${'\\"},{'.repeat(200_000)}" 1\na{${'b="c",'.repeat(100_000)} 1\n`, 'text')
  assert.ok(performance.now() - begun < 2_000)
})

test('the format is what the content type says', () => {
  assert.is(foreignFormat(client.Registry.OPENMETRICS_CONTENT_TYPE), 'openmetrics')
  assert.is(foreignFormat(client.Registry.PROMETHEUS_CONTENT_TYPE), 'text')
  assert.is(foreignFormat(''), 'text')
})

test('what prom-client writes is valid in both formats, whichever it speaks', async () => {
  for (const speaks of ['text', 'openmetrics'] as const) {
    const written = await promClientText(speaks)
    for (const to of ['text', 'openmetrics'] as const) {
      const families = parseStrict(convert(written, speaks, to) + (to === 'openmetrics' ? '# EOF\n' : ''), to)
      const values = families.flatMap(({ samples }) => samples.map(({ name, value }) => `${name} ${value}`))
      for (const value of ['jobs_total 3', 'temperature NaN', 'wait_count 1', 'size_count 1', 'size_bucket 1']) {
        assert.ok(values.includes(value), `${value} from ${speaks} to ${to}: ${values.join()}`)
      }
    }
  }
})

async function promClientText(speaks: Format): Promise<string> {
  const { Registry } = client
  const text = new Registry<client.RegistryContentType>()
  if (speaks === 'openmetrics') text.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  const registers = [text]
  new client.Counter({ name: 'jobs_total', help: 'Jobs "done"\nor not', labelNames: ['q'], registers }).inc(
    { q: 'a"\\\n}# {' },
    3,
  )
  new client.Gauge({ name: 'temperature', help: 'T', registers }).set(Number.NaN)
  new client.Summary({ name: 'wait', help: 'W', registers }).observe(0.5)
  const size = new client.Histogram({
    name: 'size',
    help: 'S',
    buckets: [1, 2],
    registers,
    enableExemplars: speaks === 'openmetrics',
  })
  if (speaks === 'text') size.observe(1)
  else size.observe({ labels: {}, value: 1, exemplarLabels: { trace_id: 'abc' } })
  return text.metrics()
}

test('our own output passes through unchanged', () => {
  for (const [file, format] of [
    ['prometheus.txt', 'text'],
    ['prometheus-openmetrics.txt', 'openmetrics'],
  ] as const) {
    const text = readFileSync(`test/golden/${file}`, 'utf8')
    const end = format === 'openmetrics' ? '# EOF\n' : ''
    assert.is(convert(text, format, format) + end, text.replace(/# UNIT.*\n/g, ''))
  }
})

test.run()
