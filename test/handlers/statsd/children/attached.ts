/** Attaches everything, sends over a connection that stays open, detaches nothing and comes to its end. */
import { createServer } from 'node:net'
import { createBus } from 'sonde'
import { attachMetrics } from 'sonde/handlers/metrics'
import { attachStatsd, attachStatsdEvents } from 'sonde/handlers/statsd'
import { counter } from 'sonde/metrics'

const server = createServer((connection) => connection.unref().resume())
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
server.unref()
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0

const bus = createBus()
const metrics = [counter('a.b.count')]
const { store } = attachMetrics(bus, { metrics })
const attachments = [
  attachStatsd(bus, { store, port }),
  attachStatsd(bus, { store, port, protocol: 'tcp', id: 'tcp' }),
  attachStatsdEvents(bus, { metrics, port, protocol: 'tcp' }),
]
bus.execute('a.b', {})
await Promise.all(attachments.map(({ flush }) => flush()))
console.log(attachments.map(({ ledger }) => ledger.snapshot().delivered).join(' '))
