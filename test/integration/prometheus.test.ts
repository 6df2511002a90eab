import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as fc from 'fast-check'
import client from 'prom-client'
import { createBus } from 'sonde'
import { attachMetrics } from 'sonde/handlers/metrics'
import { attachPrometheus, type PrometheusAttachment } from 'sonde/handlers/prometheus'
import { counter, distribution, lastValue, summary } from 'sonde/metrics'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { type PrometheusServer, promtool, startPrometheus } from './prometheus-server.ts'

interface Context {
  prometheus: PrometheusAttachment
  /** What was asked for and answered, by the scrapes of the mounted handler. */
  scrapes: { accept: string | undefined; contentType: string }[]
  scraped: Server
  server: PrometheusServer
}

const test = suite<Context>('integration/prometheus', { limitMs: 90_000 })
const token = 'integration-token-0123456789'
const openmetrics = 'application/openmetrics-text;version=1.0.0'

/** Every character that an exposition has to escape, or that is a reason to refuse one, in a value. */
const hostile = [
  'a"b\\c\nd',
  '{x="y"} 1 # EOF',
  '\\n is not a line feed',
  'é 漢 😀',
  ' \u2028\u202e\x7f',
  '# HELP x y',
  '',
]
/** 113 of the 128 characters that an exemplar may have. */
const ids = {
  trace_id: 'ab'.repeat(16),
  span_id: 'cd'.repeat(8),
  correlation_id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
}
/** Not as they were: controls and lone surrogates become U+FFFD. */
const replaced = [
  ['nul \0, tab \t, return \r', 'nul \ufffd, tab \ufffd, return \ufffd'],
  ['half \ud800', 'half \ufffd'],
] as const

test.before(async (context) => {
  context.prometheus = attachEverything()
  context.scrapes = []
  context.scraped = createServer((request, response) => {
    context.prometheus.handler(request, response)
    response.on('finish', () =>
      context.scrapes.push({ accept: request.headers.accept, contentType: String(response.getHeader('content-type')) }),
    )
  })
  await new Promise<void>((resolve) => context.scraped.listen(0, '127.0.0.1', resolve))
  // The boundary: a server that listens on a port has an address of this kind.
  const { port } = context.scraped.address() as AddressInfo
  const own = new URL((await context.prometheus.ready) ?? '').host
  context.server = await startPrometheus([
    { name: 'mounted', target: `127.0.0.1:${port}` },
    { name: 'own', target: own, token },
  ])
})

test.after(async ({ prometheus, scraped, server }) => {
  prometheus?.detach()
  scraped?.close()
  scraped?.closeAllConnections()
  await server?.stop()
})

test('promtool takes both formats without a remark', async ({ prometheus }) => {
  const { status, output } = promtool((await prometheus.render()).body)
  assert.is(status, 0, output)
  // Of OpenMetrics promtool knows the `# EOF`, which is a comment to it, and no exemplars.
  assert.match(
    (await prometheus.render(openmetrics)).body,
    / # \{trace_id="[0-9a-f]{32}",span_id="[0-9a-f]{16}",correlation_id="[0-9a-f-]{36}"\}/,
  )
})

test('promtool takes whatever the label values and descriptions are', async () => {
  const bus = createBus()
  const text = fc.string({ unit: 'binary', maxLength: 20 })
  const escapes = fc.string({ unit: fc.constantFrom('\\', '"', '\n', '\r', '\0', 'n', '}', '{', ' ', '#', '\ud800') })
  const values = fc.sample(fc.oneof(text, escapes), 1_900)
  const metrics = fc.sample(fc.oneof(text, escapes), 20).map((description, i) =>
    lastValue(`fuzz.m${i}.level`, {
      tags: ['a'],
      event: 'fuzz',
      measurement: 'level',
      description: `${description}.`,
    }),
  )
  const { store } = attachMetrics(bus, { metrics })
  for (const a of values) bus.execute('fuzz', { level: 1 }, { a })
  const prometheus = attachPrometheus(bus, { store })
  const { status, output } = promtool((await prometheus.render()).body)
  assert.is(status, 0, output)
  await bus.close()
})

test('a real Prometheus scrapes both endpoints: up is 1', async ({ server }) => {
  for (const job of ['mounted', 'own']) {
    const [up] = await server.query(`up{job="${job}"} == 1`)
    assert.is(up?.value, 1, JSON.stringify(await server.get('targets')))
  }
})

test('OpenMetrics is what Prometheus asks for and gets', ({ scrapes }) => {
  const [first] = scrapes
  assert.match(first?.accept ?? '', 'application/openmetrics-text')
  assert.is(first?.contentType, 'application/openmetrics-text; version=1.0.0; charset=utf-8')
})

test('counters come back as they were, label by label', async ({ server }) => {
  const series = await server.query('shop_sold_count_total{job="mounted"}')
  const expected = [...hostile, ...replaced.map(([, read]) => read)]
  assert.is(series.length, expected.length)
  for (const [index, item] of expected.entries()) {
    // An empty label is no label to Prometheus.
    const found = series.find(({ metric }) => (metric['item'] ?? '') === item)
    assert.is(found?.value, index + 1, JSON.stringify(item))
    assert.is(found?.metric['service'], 'shop')
  }
})

test('units, gauges, quantiles and lifetime totals come back as they were', async ({ server }) => {
  const value = async (expression: string) => (await server.query(expression)).map((series) => series.value)
  const job = 'job="mounted"'
  assert.equal(await value(`shop_stock_level_bytes{${job}}`), [1_234_567])
  assert.equal(await value(`shop_work_duration_seconds_count{${job}}`), [100])
  assert.equal(await value(`shop_work_duration_seconds_sum{${job}}`), [5.05])
  const [median = 0] = await value(`shop_work_duration_seconds{${job},quantile="0.5"}`)
  assert.ok(Math.abs(median / 0.05 - 1) <= 0.005, String(median))
})

test('histograms come back as they were and can be computed with', async ({ server }) => {
  const buckets = await server.query('shop_basket_size_bucket{job="mounted"}')
  assert.equal(
    Object.fromEntries(buckets.map(({ metric, value }) => [Number(metric['le']?.replace('+Inf', 'Infinity')), value])),
    { 1: 1, 2: 2, 5: 5, Infinity: 6 },
  )
  const [sum] = await server.query('shop_basket_size_sum{job="mounted"}')
  assert.is(sum?.value, 21)
  const [quantile] = await server.query('histogram_quantile(0.5, shop_basket_size_bucket{job="mounted"})')
  assert.is(quantile?.value, 3)
})

test("the user's prom-client metrics stand beside ours", async ({ server }) => {
  const [mine] = await server.query('mine_total{job="mounted"}')
  assert.is(mine?.value, 42)
})

test('types and help arrive as metadata', async ({ server }) => {
  // The boundary: what the API of Prometheus answers.
  const data = (await server.get('metadata?metric=shop_basket_size')) as Record<
    string,
    { type: string; help: string }[]
  >
  assert.equal(data['shop_basket_size']?.[0]?.type, 'histogram')
  assert.equal(data['shop_basket_size']?.[0]?.help, 'Items in a basket.')
})

test('exemplars come back with the trace, the span and the correlation of their event', async ({ server }) => {
  const path = `query_exemplars?query=shop_basket_size_bucket&start=0&end=${Date.now() / 1_000 + 60}`
  const read = async () => {
    // The boundary: what the API of Prometheus answers.
    const data = (await server.get(path)) as {
      seriesLabels: Record<string, string>
      exemplars: { labels: Record<string, string>; value: string; timestamp: number }[]
    }[]
    return data.flatMap(({ seriesLabels, exemplars }) => (seriesLabels['job'] === 'mounted' ? exemplars : []))
  }
  const found = await read()
  // Scraped once a second, it is still one.
  assert.equal(
    found.map(({ labels, value }) => [labels, value]),
    [[ids, '6']],
  )
  assert.ok(Math.abs((found[0]?.timestamp ?? 0) * 1_000 - Date.now()) < 60_000)
})

/** A bus with every metric type, filled with known values, and a server of its own. */
function attachEverything(): PrometheusAttachment {
  const bus = createBus()
  const metrics = [
    counter('shop.sold.count', { tags: ['item'], description: 'Things sold.' }),
    lastValue('shop.stock.level', { unit: 'byte', description: 'Space taken.' }),
    summary('shop.work.duration', { unit: 'nanosecond', description: 'Time of work.', windowMs: 600_000 }),
    distribution('shop.basket.size', { buckets: [1, 2, 5], description: 'Items in a basket.' }),
  ]
  const { store } = attachMetrics(bus, { metrics, globalTags: { service: 'shop' } })
  for (const [index, item] of [...hostile, ...replaced.map(([written]) => written)].entries()) {
    for (let n = 0; n <= index; n++) bus.execute('shop.sold', {}, { item })
  }
  bus.execute('shop.stock', { level: 1_234_567 })
  for (let n = 1; n <= 100; n++) bus.execute('shop.work', { duration: n * 1e6 })
  for (let size = 1; size <= 6; size++) bus.execute('shop.basket', { size }, ids)
  const registry = new client.Registry()
  new client.Counter({ name: 'mine_total', help: 'Mine.', registers: [registry] }).inc(42)
  return attachPrometheus(bus, { store, registries: [registry], server: { port: 0, token } })
}

test.run()
