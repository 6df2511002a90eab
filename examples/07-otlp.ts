/** Metrics and events go to an OpenTelemetry receiver. Here the program is its own receiver, and prints what came. */
import { createServer } from 'node:http'
import { event, telemetry } from 'sonde'
import { attachMetrics } from 'sonde/handlers/metrics'
import { attachOtlp } from 'sonde/handlers/otlp'
import { counter, distribution } from 'sonde/metrics'

const came = new Map<string | undefined, string[]>()
const receiver = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const { resourceMetrics = [], resourceLogs = [] } = JSON.parse(body)
  const lines: string[] = []
  for (const { name, sum, histogram } of resourceMetrics[0]?.scopeMetrics[0].metrics ?? []) {
    for (const point of (sum ?? histogram).dataPoints) lines.push(`${name} ${point.asDouble ?? point.bucketCounts}`)
  }
  for (const { severityText, eventName, traceId } of resourceLogs[0]?.scopeLogs[0].logRecords ?? []) {
    lines.push(`${severityText} ${eventName} ${traceId}`)
  }
  came.set(request.url, lines)
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
})
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
const address = receiver.address()
const port = typeof address === 'object' ? address?.port : undefined

const { store } = attachMetrics(telemetry, {
  globalTags: { service: 'shop', env: 'production' },
  metrics: [
    counter('shop.order.placed.count', { tags: ['channel'] }),
    distribution('shop.order.placed.duration', { unit: ['nanosecond', 'second'], buckets: [0.01, 0.1, 1] }),
  ],
})

// Without `protocol` it is protobuf, without `endpoint` what OTEL_EXPORTER_OTLP_ENDPOINT says.
const otlp = attachOtlp(telemetry, {
  store,
  logs: ['shop.**'],
  protocol: 'http/json',
  endpoint: `http://127.0.0.1:${port}`,
})

const trace_id = '0af7651916cd43dd8448eb211c80319c'
const placed = event('shop.order.placed')
placed.execute({ duration: 8e6 }, { channel: 'web', trace_id })
placed.execute({ duration: 250e6 }, { channel: 'web', trace_id })
event('shop.payment.failed').execute({ attempts: 3 }, { trace_id })

// By itself it sends metrics every minute and logs every five seconds; `close` sends the rest.
await telemetry.close()
receiver.close()
for (const path of ['/v1/metrics', '/v1/logs']) console.log([path, ...(came.get(path) ?? [])].join('\n  '))
console.log(otlp.status().state, otlp.ledgers.logs?.snapshot().delivered, 'records delivered')

// Output:
// /v1/metrics
//   shop.order.placed.count 2
//   shop.order.placed.duration 1,0,1,0
// /v1/logs
//   INFO shop.order.placed 0af7651916cd43dd8448eb211c80319c
//   INFO shop.order.placed 0af7651916cd43dd8448eb211c80319c
//   ERROR shop.payment.failed 0af7651916cd43dd8448eb211c80319c
// ok 3 records delivered
