/**
 * One of two services, as a process of its own: `service.ts CONFIG`, a `ServiceConfig` in JSON. `shop` asks `stock`. Sends its own
 * address, and at the end the events that it has seen.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { createBus } from 'sonde'
import { attachCorrelation } from 'sonde/handlers/correlation'
import { attachTracing, idGenerator } from 'sonde/handlers/tracing'
import { instrumentHttp } from 'sonde/interop'
import { captureEvents } from 'sonde/testing'

export interface ServiceConfig {
  readonly name: 'shop' | 'stock'
  /** Addresses of the collector and of the service that this one asks. */
  readonly collector: string
  readonly next: string
  /** Whether OpenTelemetry keeps contexts, and spans have our ids. */
  readonly manager: boolean
  readonly ids: boolean
  readonly ratio: number
}

// The cast: the test writes it.
const { name, collector, next, manager, ids, ratio } = JSON.parse(process.argv[2] ?? '') as ServiceConfig

const attributes = { 'service.name': name }
const resource = { attributes, merge: () => resource, getRawAttributes: () => Object.entries(attributes) }
const exporter = new OTLPTraceExporter({ url: `${collector}/v1/traces` })
const provider = new TracerProvider({
  ...(ids && { idGenerator }),
  resource,
  spanProcessors: [new BatchSpanProcessor({ exporter })],
})
trace.setGlobalTracerProvider(provider)
if (manager) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

const bus = createBus()
attachTracing(bus, { ratio })
const correlation = attachCorrelation(bus, { sendTo: ['127.0.0.1'] })
const isExport = ({ host }: { host: string }) => collector.endsWith(`//${host}`)
instrumentHttp(bus, { routes: ['/checkout/:cart', '/stock/:id'], ignoreClient: isExport })
const { events } = captureEvents(bus, '**')

/** What each service does with a request. */
const services: Readonly<Record<ServiceConfig['name'], () => Promise<unknown>>> = {
  shop: () =>
    bus.span('shop.checkout', { cart: 7 }, async () => {
      const price = bus.span('shop.price', {}, () => 42)
      const response = await fetch(`${next}/stock/7`)
      return `${price} ${await response.text()}`
    }),
  stock: () =>
    bus.span('stock.find', { id: 7 }, async () => {
      await new Promise((resolve) => setImmediate(resolve))
      try {
        return bus.span('stock.cache', {}, () => {
          throw new RangeError('not cached')
        })
      } catch {
        return bus.span('stock.read', {}, () => 'in stock')
      }
    }),
}

const server = createServer(correlation.listener(async (_request, response) => response.end(await services[name]())))
server.listen(0, '127.0.0.1', () => {
  // The cast: a server that listens on TCP has an address of this kind.
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
})

process.once('message', async () => {
  server.close()
  server.closeAllConnections()
  await bus.close()
  const told = events.map(({ event, metadata: { span_id, parent_span_id, trace_id } }) => ({
    event,
    span_id,
    parent_span_id,
    trace_id,
  }))
  process.send?.({ events: told }, () => process.disconnect())
})
