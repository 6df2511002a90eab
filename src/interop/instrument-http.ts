import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bus, Detach } from '../core/types.ts'
import { checkOptions } from './check-options.ts'
import type { OutgoingRequest } from './client-counter.ts'
import { observeHttpClient } from './http-client.ts'
import { observeHttpServer } from './http-server.ts'
import { instrumentOnce } from './instrument-once.ts'
import { compileRoutes } from './route-templates.ts'

export interface InstrumentHttpOptions {
  /** Requests served; default true. */
  readonly server?: boolean
  /** Requests made; default true. */
  readonly client?: boolean
  /** Templates of the paths that are served, for servers without a router: `['/users/:id', '/files/*']`. */
  readonly routes?: readonly string[]
  /** The template of a request's path, asked when the response has ended; goes before everything else that is known. */
  readonly route?: (request: IncomingMessage, response: ServerResponse) => string | undefined
  /** Requests served that are not told of, such as those for `/metrics`. */
  readonly ignore?: (request: IncomingMessage) => boolean
  /** Requests made that are not told of, such as those of an exporter. */
  readonly ignoreClient?: (request: OutgoingRequest) => boolean
}

const OPTIONS = {
  server: 'boolean',
  client: 'boolean',
  routes: 'array',
  route: 'function',
  ignore: 'function',
  ignoreClient: 'function',
} as const

/**
 * Emits `http.server.request.*` and `http.client.request.*` for every request of this process, from Node's own diagnostics
 * channels: nothing is patched. Call it once, at best before the app is made; the function returned ends it. `httpMetrics` has
 * the rolling percentiles as `….latency`.
 *
 * Left out are what servers of `sonde/http` answer, scrapes and probes, what `post` of `sonde/delivery` sends, and, with
 * `attachTracing`, what exporters of OpenTelemetry send.
 *
 * Routes are known for Express, for Fastify, for Hono with `honoRoute()`, where `routes`, `route` or `setHttpRoute` tell
 * them; other requests have a `path_hash`. Requests that begin while nobody listens are not counted in `active`. HTTP/2
 * and upgraded connections are not published by Node as requests. A second call for the same bus throws
 * `already_instrumented`, bad options `invalid_option`. Functions among the options that throw are taken for silent.
 */
export function instrumentHttp(bus: Bus, options: InstrumentHttpOptions = {}): Detach {
  checkOptions('instrumentHttp', options, OPTIONS)
  const { server = true, client = true, routes = [], route, ignore, ignoreClient } = options
  const template = routes.length === 0 ? () => undefined : compileRoutes(routes)
  return instrumentOnce(bus, 'http', () => [
    ...(server ? [{ stop: observeHttpServer(bus, { template, route, ignore }) }] : []),
    ...(client ? [{ stop: observeHttpClient(bus, ignoreClient) }] : []),
  ])
}
