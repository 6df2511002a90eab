import { createServer } from 'node:http'
import client from 'prom-client'
import { type Bus, createBus, TelemetryError } from 'sonde'
import { attachPrometheus, type PrometheusOptions } from 'sonde/handlers/prometheus'
import { counter, createStore, distribution, lastValue, type MetricStore, summary } from 'sonde/metrics'
import { captureEvents, manualClock, testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { longestBlock } from '../../harness/longest-block.ts'
import { suite } from '../../harness/suite.ts'
import { definition, point, source } from './source.ts'
import { parseStrict } from './strict-parser.ts'

const test = suite('handlers/prometheus', { limitMs: 30_000 })
const openmetrics = 'application/openmetrics-text;version=1.0.0;q=0.9,text/plain;q=0.5'

function filledStore(): MetricStore {
  const metrics = [
    counter('shop.sold.count', { tags: ['item'] }),
    lastValue('shop.stock.level'),
    summary('shop.sold.duration', { unit: 'nanosecond' }),
    distribution('shop.sold.price', { buckets: [1, 10] }),
  ]
  const store = createStore({ metrics, clock: manualClock(1_700_000_000_000) })
  store.recorder('shop.sold')?.({ duration: 2_000_000, price: 7 }, { item: 'te"a\n', trace_id: 'a'.repeat(32) })
  store.recorder('shop.stock')?.({ level: 4 }, {})
  return store
}

async function started(bus: Bus, options: Partial<PrometheusOptions> = {}) {
  const prometheus = attachPrometheus(bus, { store: filledStore(), server: { port: 0 }, ...options })
  const url = (await prometheus.ready) ?? assert.unreachable() ?? ''
  return { prometheus, url }
}

test('serves the store on a loopback port under /metrics and nothing else', async () => {
  const { prometheus, url } = await started(createBus())
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
  assert.is(prometheus.url, url)
  const response = await fetch(url)
  assert.is(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  assert.is(response.headers.get('vary'), 'accept, accept-encoding')
  const families = parseStrict(await response.text(), 'text')
  assert.equal(
    families.map(({ name, type }) => `${name} ${type}`),
    [
      'shop_sold_count_total counter',
      'shop_stock_level gauge',
      'shop_sold_duration_seconds summary',
      'shop_sold_price histogram',
    ],
  )
  assert.equal(families[0]?.samples[0]?.labels, { item: 'te"a\n' })
  assert.is((await fetch(new URL('/', url))).status, 404)
  prometheus.detach()
})

test('speaks OpenMetrics with exemplars to who asks for it', async () => {
  const { prometheus, url } = await started(createBus())
  const response = await fetch(url, { headers: { accept: openmetrics } })
  assert.is(response.headers.get('content-type'), 'application/openmetrics-text; version=1.0.0; charset=utf-8')
  const prices = parseStrict(Buffer.from(await response.arrayBuffer()), 'openmetrics').find(
    ({ name }) => name === 'shop_sold_price',
  )
  const exemplar = prices?.samples.find(({ labels }) => labels['le'] === '10.0')?.exemplar
  assert.is(exemplar?.labels['trace_id'], 'a'.repeat(32))
  assert.is(exemplar?.value, 7)
  prometheus.detach()
})

test('HEAD has the headers of GET', async () => {
  const { prometheus, url } = await started(createBus())
  const response = await fetch(url, { method: 'HEAD', headers: { accept: openmetrics } })
  assert.is(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', 'openmetrics')
  assert.is(await response.text(), '')
  prometheus.detach()
})

test('can be mounted in a server of the user', async () => {
  const prometheus = attachPrometheus(createBus(), { store: filledStore() })
  assert.is(await prometheus.ready, undefined)
  assert.is(prometheus.url, undefined)
  const server = createServer(prometheus.handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/whatever`
  parseStrict(await (await fetch(url)).text(), 'text')
  const refused = await fetch(url, { method: 'POST' })
  assert.is(refused.status, 405)
  assert.is(refused.headers.get('allow'), 'GET, HEAD')
  prometheus.detach()
  assert.is((await fetch(url)).status, 503)
  server.close()
  server.closeAllConnections()
})

test('render gives the text of now, in the format asked for', async () => {
  const store = filledStore()
  const prometheus = attachPrometheus(createBus(), { store })
  assert.match((await prometheus.render()).body, 'shop_stock_level 4\n')
  store.recorder('shop.stock')?.({ level: 5 }, {})
  const { contentType, body } = await prometheus.render(openmetrics)
  assert.match(contentType, 'openmetrics')
  assert.match(body, 'shop_stock_level 5\n')
  assert.ok(body.endsWith('# EOF\n'))
  prometheus.detach()
})

test('appends prom-client registries in either format, once, and without what clashes with ours', async () => {
  for (const contentType of [client.Registry.PROMETHEUS_CONTENT_TYPE, client.Registry.OPENMETRICS_CONTENT_TYPE]) {
    const registry = new client.Registry<client.RegistryContentType>()
    registry.setContentType(contentType)
    const registers = [registry]
    new client.Counter({ name: 'mine_total', help: 'Mine.', registers }).inc(3)
    new client.Gauge({ name: 'shop_stock_level', help: 'Clashes.', registers }).set(99)
    const bus = createBus()
    const dropped = captureEvents(bus, 'telemetry.sink.dropped')
    const prometheus = attachPrometheus(bus, { store: filledStore(), registries: [registry, registry] })
    for (const [format, accept] of [
      ['text', undefined],
      ['openmetrics', openmetrics],
    ] as const) {
      const { body } = await prometheus.render(accept)
      const samples = parseStrict(body, format).flatMap((family) => family.samples)
      assert.equal(
        samples.filter(({ name }) => name === 'mine_total').map(({ value }) => value),
        [3],
      )
      assert.equal(
        samples.filter(({ name }) => name === 'shop_stock_level').map(({ value }) => value),
        [4],
      )
    }
    const [first] = dropped.events
    assert.equal([first?.measurements, first?.metadata], [{ count: 1 }, { sink: 'prometheus', reason: 'invalid' }])
    prometheus.detach()
  }
})

test('a registry that fails costs its own metrics and is told', async () => {
  const bus = createBus()
  const dropped = captureEvents(bus, 'telemetry.sink.dropped')
  const registry = { metrics: () => Promise.reject(new Error('no')), contentType: '' }
  const prometheus = attachPrometheus(bus, { store: filledStore(), registries: [registry] })
  parseStrict((await prometheus.render()).body, 'text')
  assert.equal(
    dropped.events.map(({ metadata }) => metadata),
    [{ sink: 'prometheus', reason: 'permanent' }],
  )
  prometheus.detach()
})

test('fifty thousand series do not block the loop for 10 ms', async () => {
  const points = Array.from({ length: 10_000 }, (_, i) => point(i, { series: `series-${i}`, method: 'GET' }))
  const metrics = [0, 1, 2, 3, 4].map((n) => [definition('lastValue', `m.x${n}`), points] as const)
  const prometheus = attachPrometheus(createBus(), { store: source(metrics) })
  const readings: number[] = []
  for (let i = 0; i < 6; i++) readings.push(await longestBlock(() => prometheus.render()))
  // The best of some runs: the first compiles the code, and others may be held up by the rest of the machine.
  const best = Math.min(...readings)
  assert.ok(best < 10, `${best} ms`)
  prometheus.detach()
})

test('a port in use rejects ready and leaves the bus as it was', async () => {
  const bus = createBus()
  const { prometheus, url } = await started(bus)
  const second = attachPrometheus(bus, {
    store: filledStore(),
    server: { port: Number(new URL(url).port) },
    id: 'second',
  })
  const error = await second.ready.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof TelemetryError && error.code === 'address_in_use')
  second.detach()
  prometheus.detach()
})

test('detach before the server listens leaves nothing open', async () => {
  const prometheus = attachPrometheus(createBus(), { store: filledStore(), server: { port: 0 } })
  prometheus.detach()
  assert.is(await prometheus.ready, undefined)
  assert.is(prometheus.url, undefined)
})

test('closing the bus ends the server', async () => {
  const bus = createBus()
  const { url } = await started(bus)
  await bus.close()
  const gone = await fetch(url).then(
    () => false,
    () => true,
  )
  assert.ok(gone)
})

test('behaves as a handler must', () => {
  const token = 'secret-token-0123456789'
  const store = filledStore()
  return testHandler(attachPrometheus, {
    options: { store, server: { port: 0, token } },
    invalid: [
      {},
      { store, registries: [{}] },
      { store, shareMs: -1 },
      { store, path: 'metrics', server: { port: 0, token } },
      { store, server: { port: -1, token } },
      { store, server: { port: 0, host: '0.0.0.0' } },
      { store, server: { port: 0, token: `${token} ` } },
      { store, id: '' },
    ],
    secrets: [token],
  })
})

test.run()
