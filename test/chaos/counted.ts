import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { type Bus, createBus } from 'sonde'
import { attachMetrics } from 'sonde/handlers/metrics'
import { attachOtlp } from 'sonde/handlers/otlp'
import { attachPushgateway } from 'sonde/handlers/prometheus'
import { attachStatsd } from 'sonde/handlers/statsd'
import { counter, type MetricStore } from 'sonde/metrics'
import { readBody } from '../delivery/receiver.ts'
import { startHttpReceiver } from '../handlers/otlp/receiver.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'

/** A way out for a counter, over a proxy with faults: what is owed is its total. */
export interface Counted {
  readonly proxy: FaultProxy
  /** How many the break itself may cost or double: what was sent and perhaps not read, where the protocol has no answers. */
  readonly slack: number
  /** Counts one. */
  count(): void
  /** Of what was counted, what has arrived. */
  arrived(): number
  close(): Promise<void>
}

interface Exporter {
  readonly port: number
  readonly slack?: number
  arrived(): number
  attach(bus: Bus, store: MetricStore, port: number): void
  close(): Promise<void>
}

const METRIC = 'chaos.item.count'

/** Of StatsD, and what is offered in that time at 100 a second, with some for a late timer. */
const FLUSH_MS = 500
const OFFERED = 75

/** Every exporter of a store that promises to lose nothing while its receiver is away. `retryMs`: how soon they try again. */
export const exporters: Readonly<Record<string, (retryMs: number) => Promise<Exporter>>> = {
  'OTLP, delta': (retryMs) => otlp('delta', retryMs),
  'OTLP, cumulative': (retryMs) => otlp('cumulative', retryMs),
  'StatsD over TCP': statsd,
  Pushgateway: pushgateway,
}

/** Starts one. */
export async function openCounted(exporter: Exporter): Promise<Counted> {
  const bus = createBus()
  const { store } = attachMetrics(bus, { metrics: [counter(METRIC)] })
  const proxy = await startFaultProxy(exporter.port)
  exporter.attach(bus, store, proxy.port)
  return {
    proxy,
    slack: exporter.slack ?? 0,
    count: () => bus.execute('chaos.item', {}),
    arrived: exporter.arrived,
    async close() {
      await bus.close()
      await proxy.close()
      await exporter.close()
    },
  }
}

async function otlp(temporality: 'delta' | 'cumulative', retryMs: number): Promise<Exporter> {
  const receiver = await startHttpReceiver()
  return {
    port: receiver.port,
    arrived() {
      if (temporality === 'cumulative') return receiver.streams.totals.get(`${METRIC}{}`) ?? 0
      // A request whose answer was lost comes again, to the byte; a receiver tells it by its times.
      const distinct = new Set(receiver.requests.map(({ message }) => JSON.stringify(message)))
      return [...distinct].reduce((sum, message) => sum + Number(/"asDouble":(\d+)/.exec(message)?.[1] ?? 0), 0)
    },
    attach(bus, store, port) {
      const endpoint = `http://127.0.0.1:${port}`
      attachOtlp(bus, { store, temporality, endpoint, environment: {}, intervalMs: 500, retryMs })
    },
    close: () => receiver.close(),
  }
}

async function statsd(): Promise<Exporter> {
  let text = ''
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data: Buffer) => {
      text += data.toString()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server),
    slack: OFFERED,
    arrived: () => [...text.matchAll(/^chaos\.item\.count:(\d+)\|c$/gm)].reduce((sum, [, n]) => sum + Number(n), 0),
    attach: (bus, store, port) => void attachStatsd(bus, { store, protocol: 'tcp', port, flushMs: FLUSH_MS }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function pushgateway(): Promise<Exporter> {
  let text = ''
  const server = createHttpServer(async (request, response) => {
    text = String(await readBody(request).catch(() => text))
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server),
    arrived: () => Number(/^chaos_item_count_total (\d+)$/m.exec(text)?.[1] ?? 0),
    attach(bus, store, port) {
      attachPushgateway(bus, { store, url: `http://127.0.0.1:${port}`, job: 'chaos', intervalMs: 1_000 })
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function portOf(server: { address(): unknown }): number {
  // The boundary: a server that listens on a port has an address of this kind.
  return (server.address() as AddressInfo).port
}
