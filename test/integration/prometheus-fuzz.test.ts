import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { createBus } from 'sonde'
import { attachPrometheus, type PrometheusAttachment } from 'sonde/handlers/prometheus'
import type { DataPoint, MetricType } from 'sonde/metrics'
import * as assert from 'uvu/assert'
import { definition, histogram, point, source, window } from '../handlers/prometheus/source.ts'
import { parseStrict } from '../handlers/prometheus/strict-parser.ts'
import { suite } from '../harness/suite.ts'
import { type PrometheusServer, promtool, startPrometheus } from './prometheus-server.ts'

type Format = 'text' | 'openmetrics'

/** One exposition, checked before any scrape. */
interface Batch {
  readonly prometheus: PrometheusAttachment
  readonly samples: number
}

/** A page that is scraped in one format, whatever is asked for, and gives the next batch each time. */
interface Target {
  readonly server: Server
  readonly address: string
  /** Samples of the scrapes answered so far, in their order. */
  readonly answered: number[]
}

const test = suite('integration/prometheus-fuzz', { limitMs: 120_000 })
const formats = ['text', 'openmetrics'] as const
const accepts: Readonly<Record<Format, string>> = {
  text: 'text/plain;version=0.0.4',
  openmetrics: 'application/openmetrics-text;version=1.0.0',
}

const BATCHES = 20
const METRICS = 50
const SERIES = 100

test('a hundred thousand hostile label values, keys, names and descriptions never break a scrape', async () => {
  const seed = Math.trunc(Math.random() * 2 ** 31)
  const note = `seed ${seed}`
  const expected = new Set<string>()
  const batches: Batch[] = []
  for (let n = 0; n < BATCHES; n++) {
    const values = fc.sample(hostile, { numRuns: METRICS * SERIES, seed: seed + n })
    for (const value of values) if (value !== '') expected.add(printable(value))
    batches.push(await checkedBatch(values, `${note}, batch ${n}`))
  }
  const targets = { text: await startTarget('text', batches), openmetrics: await startTarget('openmetrics', batches) }
  const server = await startPrometheus(formats.map((name) => ({ name, target: targets[name].address })))
  try {
    while (formats.some((format) => targets[format].answered.length < BATCHES)) await sleep(50)
    const up: number[] = []
    for (const format of formats) up.push(...(await server.range(`up{job="${format}"}`)))
    const rejected = up.filter((value) => value !== 1).length
    const cases = BATCHES * METRICS * SERIES
    console.log(
      JSON.stringify({ scenario: 'scrape-fuzz', seed, cases, scrapes: up.length, up: Math.min(...up), rejected }),
    )
    assert.is(rejected, 0, note)
    for (const format of formats)
      await verify(server, format, targets[format].answered.slice(0, BATCHES), expected, note)
  } finally {
    await server.stop()
    for (const target of Object.values(targets)) target.server.close()
  }
})

/** Renders in both formats and has both parsers read it; Prometheus gets the same later. */
async function checkedBatch(values: readonly string[], note: string): Promise<Batch> {
  const prometheus = attachPrometheus(createBus(), { store: hostileStore(values) })
  const text = (await prometheus.render(accepts.text)).body
  const { status, output } = promtool(text)
  // 3 is style: a colon in a name, for one.
  assert.ok(status === 0 || status === 3, `${note}: ${output}`)
  const [samples, others] = [parseStrict(Buffer.from(text), 'text'), await parsedOpenMetrics(prometheus)].map(
    (families) => families.reduce((sum, family) => sum + family.samples.length, 0),
  )
  assert.is(samples, others, note)
  return { prometheus, samples: samples ?? 0 }
}

async function parsedOpenMetrics(prometheus: PrometheusAttachment) {
  return parseStrict(Buffer.from((await prometheus.render(accepts.openmetrics)).body), 'openmetrics')
}

/** Prometheus has taken every scrape, every sample of it and every value as it was. */
async function verify(
  server: PrometheusServer,
  format: Format,
  answered: readonly number[],
  expected: ReadonlySet<string>,
  note: string,
): Promise<void> {
  const stored = () => server.range(`scrape_samples_scraped{job="${format}"}`)
  // A scrape is stored some time after it was answered.
  for (let n = 0; n < 50 && (await stored()).length < answered.length; n++) await sleep(100)
  assert.equal((await stored()).slice(0, answered.length), answered, `${note}: ${format}`)
  const read = await server.get(`label/v/values?${new URLSearchParams({ 'match[]': `{job="${format}"}` })}`)
  assert.ok(Array.isArray(read))
  const found = new Set<unknown>(read)
  const lost = [...expected].filter((value) => !found.has(value)).slice(0, 5)
  assert.equal([found.size, lost], [expected.size, []], `${note}: ${format}`)
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 16 }),
  fc.string({
    unit: fc.constantFrom(...'"\\\n\r\0\t}{,=# nz_:0', '\ud800', '\udc00', '\u2028', '\ufeff', 'é', '😀'),
    maxLength: 16,
  }),
)

/** Every value is that of a label `v`; names, descriptions and keys of another label are taken from the values too. */
function hostileStore(values: readonly string[]) {
  const types: readonly MetricType[] = ['summary', 'distribution', 'lastValue', 'counter', 'sum']
  return source(
    Array.from({ length: METRICS }, (_, m) => {
      const own = values.slice(m * SERIES, (m + 1) * SERIES)
      // One summary and one histogram: they are many samples each.
      const type = types[m < 2 ? m : 2 + (m % 3)] ?? 'lastValue'
      const [name = '', description = '', key = ''] = own
      const of = definition(type, `${name}.${m}`, { description: `${description}.`, tags: ['v'] })
      return [of, own.map((value, n) => pointOf(type, { v: value, [`${key}${n % 3}`]: value, n: String(n) }))]
    }),
  )
}

function pointOf(type: MetricType, tags: Readonly<Record<string, string>>): DataPoint {
  if (type === 'summary') return point(window(3, 4.5, 1.5), tags)
  if (type !== 'distribution') return point(1, tags)
  const [trace_id = ''] = Object.values(tags)
  return point(histogram([1, 2], [1, 2, 3], 12), tags, { value: 1.5, tags: { trace_id }, time: Date.now() })
}

async function startTarget(format: Format, batches: readonly Batch[]): Promise<Target> {
  const answered: number[] = []
  let scrapes = 0
  const server = createServer((request, response) => {
    const batch = batches[Math.min(scrapes++, batches.length - 1)]
    request.headers.accept = accepts[format]
    batch?.prometheus.handler(request, response)
    response.on('finish', () => answered.push(batch?.samples ?? 0))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // The boundary: a server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo
  return { server, address: `127.0.0.1:${port}`, answered }
}

/** What a reader must get: halves of surrogate pairs and controls are replaced. */
function printable(text: string): string {
  return Buffer.from(text)
    .toString()
    .replace(/[\0-\x09\x0b-\x1f]/g, '\ufffd')
}

test.run()
