// Forwards from the installed package, with nothing else installed: a counter and an event arrive by StatsD, OTLP and Pushgateway.
import { strict as assert } from 'node:assert'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBus, TelemetryError } from 'sonde'
import { attachMetrics } from 'sonde/handlers/metrics'
import { attachOtlp } from 'sonde/handlers/otlp'
import { attachPushgateway } from 'sonde/handlers/prometheus'
import { attachStatsd } from 'sonde/handlers/statsd'
import { counter } from 'sonde/metrics'

const bodies = new Map()
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text) => {
    body += text
  })
  request.on('end', () => {
    bodies.set(request.url, body)
    response.end()
  })
}).listen(0, '127.0.0.1')
const listener = createSocket('udp4').bind(0, '127.0.0.1')
await Promise.all([once(server, 'listening'), once(listener, 'listening')])
const url = `http://127.0.0.1:${server.address().port}`

const bus = createBus()
const { store } = attachMetrics(bus, { metrics: [counter('smoke.test.count')] })
attachStatsd(bus, { store, port: listener.address().port })
attachPushgateway(bus, { store, url, job: 'smoke' })
const directory = join(mkdtempSync(join(tmpdir(), 'sonde-smoke-')), 'spool')
attachOtlp(bus, { store, logs: ['smoke.*'], endpoint: url, protocol: 'http/json', directory, environment: {} })
assert.throws(
  () => attachOtlp(bus, { id: 'grpc', store, protocol: 'grpc', environment: {} }),
  (error) => error instanceof TelemetryError && error.code === 'missing_peer',
)

const heard = once(listener, 'message')
bus.execute('smoke.test', {}, { who: 'a stranger' })
await bus.close()
assert.equal(String((await heard)[0]), 'smoke.test.count:1|c\n')
assert.match(bodies.get('/metrics/job/smoke'), /^smoke_test_count_total 1$/m)
assert.match(bodies.get('/v1/metrics'), /"smoke\.test\.count"/)
assert.match(bodies.get('/v1/logs'), /a stranger/)
server.close()
listener.close()
console.log('forwarded by StatsD, OTLP and Pushgateway')
