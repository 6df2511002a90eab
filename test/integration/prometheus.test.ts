import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import client from 'prom-client'
import { createBus } from 'sonde'
import { attachMetrics } from 'sonde/handlers/metrics'
import { attachPrometheus, type PrometheusAttachment } from 'sonde/handlers/prometheus'
import { counter, distribution, lastValue, summary } from 'sonde/metrics'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'

interface Context {
  prometheus: PrometheusAttachment
  /** What was asked for and answered, by the scrapes of the mounted handler. */
  scrapes: { accept: string | undefined; contentType: string }[]
  scraped: Server
  directory: string
  child: ChildProcess
  api: string
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
/** Not as they were: controls and lone surrogates become U+FFFD. */
const replaced = [
  ['nul \0, tab \t, return \r', 'nul \ufffd, tab \ufffd, return \ufffd'],
  ['half \ud800', 'half \ufffd'],
] as const

test.before(async (context) => {
  requireProgram('prometheus')
  requireProgram('promtool')
  context.prometheus = attachEverything()
  context.scrapes = []
  context.scraped = createServer((request, response) => {
    context.prometheus.handler(request, response)
    response.on('finish', () =>
      context.scrapes.push({ accept: request.headers.accept, contentType: String(response.getHeader('content-type')) }),
    )
  })
  await listen(context.scraped)
  const own = new URL((await context.prometheus.ready) ?? '').host
  context.directory = mkdtempSync(join(tmpdir(), 'sonde-prometheus-'))
  await startPrometheus(context, [
    job('mounted', portOf(context.scraped)),
    `${job('own', own)}\n    authorization: {credentials: ${token}}`,
  ])
})

test.after(async ({ prometheus, scraped, directory, child }) => {
  prometheus?.detach()
  scraped?.close()
  scraped?.closeAllConnections()
  if (child !== undefined) await end(child)
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
})

test('promtool takes both formats without a remark', async ({ prometheus }) => {
  const { status, output } = promtool((await prometheus.render()).body)
  assert.is(status, 0, output)
  // Of OpenMetrics promtool knows the `# EOF`, which is a comment to it, and no exemplars.
  assert.match((await prometheus.render(openmetrics)).body, / # \{trace_id="[0-9a-f]{32}"\}/)
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

test('a real Prometheus scrapes both endpoints: up is 1', async ({ api }) => {
  for (const job of ['mounted', 'own']) {
    const [up] = await query(api, `up{job="${job}"} == 1`)
    assert.is(up?.value, 1, await targetErrors(api))
  }
})

test('OpenMetrics is what Prometheus asks for and gets', ({ scrapes }) => {
  const [first] = scrapes
  assert.match(first?.accept ?? '', 'application/openmetrics-text')
  assert.is(first?.contentType, 'application/openmetrics-text; version=1.0.0; charset=utf-8')
})

test('counters come back as they were, label by label', async ({ api }) => {
  const series = await query(api, 'shop_sold_count_total{job="mounted"}')
  const expected = [...hostile, ...replaced.map(([, read]) => read)]
  assert.is(series.length, expected.length)
  for (const [index, item] of expected.entries()) {
    // An empty label is no label to Prometheus.
    const found = series.find(({ metric }) => (metric['item'] ?? '') === item)
    assert.is(found?.value, index + 1, JSON.stringify(item))
    assert.is(found?.metric['service'], 'shop')
  }
})

test('units, gauges, quantiles and lifetime totals come back as they were', async ({ api }) => {
  const value = async (expression: string) => (await query(api, expression)).map((series) => series.value)
  const job = 'job="mounted"'
  assert.equal(await value(`shop_stock_level_bytes{${job}}`), [1_234_567])
  assert.equal(await value(`shop_work_duration_seconds_count{${job}}`), [100])
  assert.equal(await value(`shop_work_duration_seconds_sum{${job}}`), [5.05])
  const [median = 0] = await value(`shop_work_duration_seconds{${job},quantile="0.5"}`)
  assert.ok(Math.abs(median / 0.05 - 1) <= 0.005, String(median))
})

test('histograms come back as they were and can be computed with', async ({ api }) => {
  const buckets = await query(api, 'shop_basket_size_bucket{job="mounted"}')
  assert.equal(
    Object.fromEntries(buckets.map(({ metric, value }) => [Number(metric['le']?.replace('+Inf', 'Infinity')), value])),
    { 1: 1, 2: 2, 5: 5, Infinity: 6 },
  )
  const [sum] = await query(api, 'shop_basket_size_sum{job="mounted"}')
  assert.is(sum?.value, 21)
  const [quantile] = await query(api, 'histogram_quantile(0.5, shop_basket_size_bucket{job="mounted"})')
  assert.is(quantile?.value, 3)
})

test("the user's prom-client metrics stand beside ours", async ({ api }) => {
  const [mine] = await query(api, 'mine_total{job="mounted"}')
  assert.is(mine?.value, 42)
})

test('types and help arrive as metadata', async ({ api }) => {
  const response = await fetch(`${api}/api/v1/metadata?metric=shop_basket_size`)
  const { data } = (await response.json()) as { data: Record<string, { type: string; help: string }[]> }
  assert.equal(data['shop_basket_size']?.[0]?.type, 'histogram')
  assert.equal(data['shop_basket_size']?.[0]?.help, 'Items in a basket.')
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
  for (let size = 1; size <= 6; size++) bus.execute('shop.basket', { size }, { trace_id: 'ab'.repeat(16) })
  const registry = new client.Registry()
  new client.Counter({ name: 'mine_total', help: 'Mine.', registers: [registry] }).inc(42)
  return attachPrometheus(bus, { store, registries: [registry], server: { port: 0, token } })
}

function requireProgram(name: string): void {
  if (spawnSync(name, ['--version']).error === undefined) return
  throw new Error(`${name} is missing: apt-get install -y --no-install-recommends prometheus`)
}

function promtool(text: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

function job(name: string, target: string | number): string {
  const host = typeof target === 'number' ? `127.0.0.1:${target}` : target
  return `  - job_name: ${name}\n    static_configs: [{targets: ['${host}']}]`
}

/** Starts Prometheus on a free port and waits until both targets have been scraped: its first scrape takes over 5 s. */
async function startPrometheus(context: Context, jobs: readonly string[]): Promise<void> {
  const port = await freePort()
  const config = join(context.directory, 'prometheus.yml')
  writeFileSync(config, `global: {scrape_interval: 1s, evaluation_interval: 1s}\nscrape_configs:\n${jobs.join('\n')}\n`)
  context.api = `http://127.0.0.1:${port}`
  const options = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(context.directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]
  context.child = spawn('prometheus', options, { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  context.child.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4_000)
  })
  const deadline = Date.now() + 60_000
  for (;;) {
    if (context.child.exitCode !== null) throw new Error(`prometheus ended with ${context.child.exitCode}: ${log}`)
    const scraped = await query(context.api, 'up').catch(() => [])
    if (scraped.length === jobs.length) return
    if (Date.now() > deadline) throw new Error(`prometheus has scraped ${scraped.length} targets in 60 s: ${log}`)
    await sleep(250)
  }
}

interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}

async function query(api: string, expression: string): Promise<Series[]> {
  const response = await fetch(`${api}/api/v1/query?${new URLSearchParams({ query: expression })}`)
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] }
  }
  return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
}

async function targetErrors(api: string): Promise<string> {
  return (await fetch(`${api}/api/v1/targets`)).text()
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Ends the process we started, by its own id, and waits until it is gone. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const impatient = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await gone
  clearTimeout(impatient)
}

test.run()
