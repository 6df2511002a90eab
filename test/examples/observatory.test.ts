import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:http'
import * as assert from 'uvu/assert'
import type { OperationRow } from '../../examples/observatory/operations.ts'
import { startHttpReceiver } from '../handlers/otlp/receiver.ts'
import { suite } from '../harness/suite.ts'
import { eventually, startObservatory, urlOf } from './observatory/start-observatory.ts'

async function readRows(url: string): Promise<OperationRow[]> {
  const response = await fetch(`${url}/operations.json`)
  const { operations }: { operations: OperationRow[] } = JSON.parse(await response.text())
  return operations
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const test = suite('examples/observatory', { limitMs: 60_000 })

test('real requests become live percentiles on the page and in /metrics, and Ctrl-C stops it all', async () => {
  const run = startObservatory('--port', '0')
  try {
    const url = await urlOf(run)

    const rows = await eventually(async () => {
      const found = await readRows(url)
      const served = found.filter(({ operation }) => operation.startsWith('http.server.request GET /'))
      const failing = found.some(({ errorRate }) => errorRate > 0)
      return served.length >= 4 && failing ? found : undefined
    })

    for (const { operation, count, p50, p95, p99 } of rows) {
      assert.ok(count > 0, operation)
      assert.ok(p50 !== undefined && p95 !== undefined && p99 !== undefined, operation)
      assert.ok(p50 > 0 && p50 <= p95 && p95 <= p99, operation)
    }
    const names = rows.map(({ operation }) => operation)
    assert.ok(names.includes('observatory.file.read'), 'inner steps are there too')
    assert.not.ok(
      names.some((name) => name.includes('operations.json')),
      'the observatory does not watch its own pages',
    )

    const page = await fetch(url)
    assert.match(page.headers.get('content-security-policy') ?? '', "default-src 'none'")
    assert.match(await page.text(), '<table>')
    for (const [file, type] of [
      ['traces.js', 'text/javascript'],
      ['traces.css', 'text/css'],
    ]) {
      assert.match((await fetch(`${url}/${file}`)).headers.get('content-type') ?? '', `${type}; charset=utf-8`)
    }
    const metrics = await (await fetch(`${url}/metrics`)).text()
    assert.match(metrics, /^http_server_request_latency_seconds\{.*quantile="0\.99"\} [\d.e-]+$/m)
    assert.match(metrics, /^node_memory_rss_bytes\{service="observatory"\} \d+$/m)

    assert.match(metrics, /^actor_active\{service="observatory",type="PageWorker"\} 8$/m)
    const service = /service +(http:[^,\s]+)/.exec(run.output())?.[1]
    assert.is((await fetch(`${service}/crash`)).status, 500)
    const actors = await eventually(async () => {
      const read = JSON.parse(await (await fetch(`${url}/operations.json`)).text())
      return read.actors.restarts > 0 ? read.actors : undefined
    })
    assert.is(actors.active, 10)
    assert.is((await fetch(`${service}/report`)).status, 200)
    const watchdog = /watchdog +(http:\S+)/.exec(run.output())?.[1]
    assert.is((await fetch(String(watchdog))).status, 200)

    const driver = Number(/by process (\d+)/.exec(run.output())?.[1])
    assert.ok(isRunning(driver))
    const exit = once(run.child, 'exit')
    run.child.kill('SIGINT')
    assert.equal(await exit, [0, null])
    assert.match(run.output(), /\d+ requests watched\./)
    await eventually(() => (isRunning(driver) ? undefined : true))
    assert.is(run.errors(), '')
  } finally {
    run.child.kill('SIGKILL')
  }
})

test('what the environment names is attached, said, and gets the metrics', async () => {
  const listener = createSocket('udp4')
  let statsd = ''
  listener.on('message', (data) => {
    statsd += data.toString()
  })
  await new Promise<void>((resolve) => listener.bind(0, '127.0.0.1', resolve))
  const otlp = await startHttpReceiver()
  const pushed: string[] = []
  const gateway = createServer((request, response) => {
    pushed.push(`${request.method} ${request.url}`)
    request.resume().on('end', () => response.end())
  }).listen(0, '127.0.0.1')
  await once(gateway, 'listening')
  const address = gateway.address()
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`

  const run = startObservatory(
    { STATSD_HOST: '127.0.0.1', STATSD_PORT: String(listener.address().port), STATSD_DIALECT: 'dogstatsd' },
    { PUSHGATEWAY_URL: `http://name:canary@${host}`, OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url },
    '--port',
    '0',
  )
  try {
    await eventually(() => (/http\.server\.request/.test(statsd) ? true : undefined))
    await eventually(() => (pushed.includes('PUT /metrics/job/observatory') ? true : undefined))
    await eventually(() =>
      [...otlp.streams.totals.keys()].some((key) => /^http\.server/.test(key)) ? true : undefined,
    )
    assert.match(run.output(), /^statsd +dogstatsd, to 127\.0\.0\.1:\d+ every second$/m)
    assert.match(run.output(), new RegExp(`^pushgateway +job observatory, to ${host} every 5 s$`, 'm'))
    assert.match(run.output(), /^otlp +metrics and failures, to 127\.0\.0\.1:\d+ every 5 s$/m)
    const exit = once(run.child, 'exit')
    run.child.kill('SIGINT')
    assert.equal(await exit, [0, null])
    assert.is(pushed.at(-1), 'DELETE /metrics/job/observatory')
    assert.equal(otlp.problems, [])
    assert.is(run.errors(), '')
  } finally {
    run.child.kill('SIGKILL')
    listener.close()
    gateway.close()
    await otlp.close()
  }
})

test('a receiver that cannot be one is one line', async () => {
  const run = startObservatory({ STATSD_HOST: '127.0.0.1', STATSD_DIALECT: 'latin' }, '--port', '0')
  const [code] = await once(run.child, 'exit')
  assert.is(code, 1)
  assert.match(run.errors(), /^\[sonde\] statsd: 'dialect' must be one of [^\n]*\n$/)
})

test('a port in use is one line that names the way out', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' ? address?.port : undefined

  const run = startObservatory('--port', String(port))
  const [code] = await once(run.child, 'exit')
  taken.close()

  assert.is(code, 1)
  assert.is(run.output(), '')
  assert.match(
    run.errors(),
    /^\[sonde\] http: port \d+ on 127\.0\.0\.1 is in use; start with PORT=0 npm start[^\n]*\n$/,
  )
})

test.run()
