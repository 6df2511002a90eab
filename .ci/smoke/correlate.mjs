// One id from the installed package, with nothing else installed: in by HTTP, on events and in a timer, out by HTTP again.
import { strict as assert } from 'node:assert'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createBus } from 'sonde'
import { currentContext, inject } from 'sonde/context'
import { attachCorrelation } from 'sonde/handlers/correlation'
import { instrumentHttp } from 'sonde/interop'

const listening = async (server) => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${server.address().port}`
}

const bus = createBus()
const seen = []
bus.attach('smoke', '**', (event, _measurements, { correlation_id, trace_id }) =>
  seen.push([event, correlation_id, trace_id]),
)
const correlation = attachCorrelation(bus, { sendTo: ['127.0.0.1'] })
const restore = instrumentHttp(bus)

let forwarded = {}
const far = createServer((request, response) => {
  forwarded = request.headers
  response.end()
})
const farUrl = await listening(far)
const near = createServer(
  correlation.listener(async (_request, response) => {
    await sleep(1)
    bus.execute('smoke.work', {})
    await (await fetch(farUrl)).text()
    response.end(JSON.stringify(inject()))
  }),
)
const response = await fetch(await listening(near), { headers: { 'x-correlation-id': 'smoke-1' } })
const { traceparent } = await response.json()

const trace = traceparent.split('-')[1]
assert.equal(response.headers.get('x-correlation-id'), 'smoke-1')
assert.equal(forwarded['x-correlation-id'], 'smoke-1')
assert.equal(forwarded.traceparent.split('-')[1], trace)
assert.deepEqual(
  seen.filter(([event]) => event === 'smoke.work'),
  [['smoke.work', 'smoke-1', trace]],
)
assert.equal(currentContext(), undefined)
restore()
correlation.detach()
for (const server of [near, far]) {
  server.close()
  server.closeAllConnections()
}
console.log('correlated')
