import { telemetry } from 'sonde'
import type { ActorSystem } from 'sonde/actor'
import { attachCorrelation, type CorrelationAttachment } from 'sonde/handlers/correlation'
import { attachMetrics } from 'sonde/handlers/metrics'
import { attachPrometheus } from 'sonde/handlers/prometheus'
import { serve } from 'sonde/http'
import { instrumentHttp } from 'sonde/interop'
import { actorMetrics, httpMetrics, type MetricStore, nodeMetrics, telemetryMetrics } from 'sonde/metrics'
import { startPoller } from 'sonde/runtime'
import { actionRoutes } from './actions.ts'
import { startAlerts } from './alerts.ts'
import { forward } from './forward.ts'
import { operationMetrics, operationRows, type WatchedOperation } from './operations.ts'
import { pageRoutes } from './page.ts'
import { routes } from './pages.ts'
import { attachTraces } from './traces.ts'

export interface Observatory {
  readonly url: string
  /** Gives each request of a service its context. */
  readonly correlation: CorrelationAttachment
  /** Where metrics are sent on to: a line each, for people. */
  readonly forwarded: readonly string[]
  /** Requests that the service has answered. */
  requests(): number
  close(): Promise<void>
}

const operations: readonly WatchedOperation[] = [
  { name: 'http.server.request', tags: ['method', 'route'] },
  { name: 'http.client.request', tags: ['method'] },
  { name: 'actor.gen_server.call', tags: ['type'] },
  { name: 'actor.message.handle', tags: ['type'] },
  { name: 'observatory.file.read', tags: [] },
  { name: 'observatory.digest', tags: [] },
  { name: 'observatory.compress', tags: ['encoding'] },
  { name: 'observatory.report', tags: [] },
  { name: 'observatory.archive', tags: [] },
]

/** Wires the telemetry of the process: events into one store, and the store to the page and to Prometheus. */
export async function startObservatory(port: number, system: ActorSystem): Promise<Observatory> {
  const since = Date.now()
  const { store } = attachMetrics(telemetry, {
    metrics: [...httpMetrics, ...nodeMetrics, ...actorMetrics, ...telemetryMetrics, ...operationMetrics(operations)],
    globalTags: { service: 'observatory' },
  })
  // The service asks itself: what it sends is part of the same trace.
  const correlation = attachCorrelation(telemetry, { sendTo: ['127.0.0.1'] })
  const traces = attachTraces(telemetry)
  const alerts = await startAlerts()
  const prometheus = attachPrometheus(telemetry, { store })
  const server = await serve({
    port,
    routes: [
      ...(await pageRoutes({
        '/operations.json': () => ({
          since,
          firing: alerts.firing(),
          requests: requests(store),
          operations: operationRows(store, operations),
          process: processFacts(store),
          actors: actorFacts(store, system),
        }),
        '/traces.json': (query) => ({ ...traces.list(), trace: traces.find(query.get('trace') ?? '') }),
        '/alerts.json': alerts.read,
      })),
      ...actionRoutes(alerts.actions),
      { path: '/metrics', handle: prometheus.handler },
    ],
  })
  instrumentHttp(telemetry, { routes })
  const poller = startPoller(telemetry, { periodMs: 1_000 })

  return {
    url: server.url,
    correlation,
    forwarded: forward(store),
    requests: () => requests(store),
    async close() {
      poller.stop()
      await server.close()
      await system.shutdown()
      // What is still to be told is delivered first.
      await telemetry.close()
      await alerts.close()
    },
  }
}

function requests(store: MetricStore): number {
  let total = 0
  for (const { value } of store.points('http.server.request.duration')) {
    if (typeof value === 'object') total += value.count
  }
  return total
}

function actorFacts(store: MetricStore, system: ActorSystem): Record<string, number> {
  const { active, types } = system.observer()
  const restarts = [...store.points('actor.supervisor.restarts')]
  return {
    active,
    waiting: types.reduce((sum, { depth }) => sum + depth, 0),
    restarts: restarts.reduce((sum, { value }) => sum + Number(value), 0),
  }
}

function processFacts(store: MetricStore): Record<string, number | undefined> {
  const level = (name: string) => {
    const value = store.get(name)?.value
    return typeof value === 'number' ? value : undefined
  }
  return {
    loopDelay: level('node.event_loop.delay.p99'),
    loopUtilization: level('node.event_loop.utilization.utilization'),
    heapUsed: level('node.heap.used'),
    memory: level('node.memory.rss'),
  }
}
