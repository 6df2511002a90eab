/**
 * One of two services, as a process of its own: `service.ts NAME COLLECTOR MANAGER NEXT`. `shop` asks `stock`, whose address is NEXT.
 * Sends its own address, and at the end the events that it has seen.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { createBus } from 'sonde'
import { withContext } from 'sonde/context'
import { attachTracing, idGenerator } from 'sonde/handlers/tracing'
import { captureEvents } from 'sonde/testing'
import { extract, inject } from './headers.ts'

const [, , name = '', collector = '', manager = '', next = ''] = process.argv

const attributes = { 'service.name': name }
const resource = { attributes, merge: () => resource, getRawAttributes: () => Object.entries(attributes) }
const exporter = new OTLPTraceExporter({ url: `${collector}/v1/traces` })
const provider = new TracerProvider({ idGenerator, resource, spanProcessors: [new BatchSpanProcessor({ exporter })] })
trace.setGlobalTracerProvider(provider)
if (manager === 'manager') context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

const bus = createBus()
attachTracing(bus)
const { events } = captureEvents(bus, '**')

/** What each service does with a request. */
const services: Readonly<Record<string, { readonly route: string; run(): Promise<unknown> }>> = {
  shop: {
    route: '/checkout/:cart',
    run: () =>
      bus.span('shop.checkout', { cart: 7 }, async () => {
        const price = bus.span('shop.price', {}, () => 42)
        const host = new URL(next).host
        const client = { method: 'GET', host }
        const stock = await bus.span('http.client.request', client, async (span) => {
          const response = await fetch(`${next}/stock/7`, { headers: inject({}) })
          span.set({ status_code: response.status })
          return response.text()
        })
        return `${price} ${stock}`
      }),
  },
  stock: {
    route: '/stock/:id',
    run: () =>
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
  },
}

async function serve({ headers, method = '' }: IncomingMessage): Promise<string> {
  const { route = '', run } = services[name] ?? {}
  return withContext(extract(headers), () =>
    bus.span('http.server.request', { method, route }, async (span) => {
      const answer = await run?.()
      span.set({ status_code: 200 })
      return String(answer)
    }),
  )
}

const server = createServer((request, response) => void serve(request).then((answer) => response.end(answer)))
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
