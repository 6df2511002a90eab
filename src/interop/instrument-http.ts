import type { IncomingMessage, ServerResponse } from 'node:http'
import { TelemetryError } from '../core/errors.ts'
import { toDetach } from '../core/lifecycle.ts'
import type { Bus, Detach } from '../core/types.ts'
import type { OutgoingRequest } from './client-counter.ts'
import { observeHttpClient } from './http-client.ts'
import { observeHttpServer } from './http-server.ts'
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

const OPTIONS = ['server', 'client', 'routes', 'route', 'ignore', 'ignoreClient']

/** Buses that are instrumented: on the global object, since two copies of the library would count everything twice. */
const KEY = Symbol.for('sonde.interop.http')

/**
 * Emits `http.server.request.*` and `http.client.request.*` for every request of this process, from Node's own diagnostics
 * channels: nothing is patched. Call it once, at best before the app is made; the function returned ends it. What servers of
 * `sonde/http` answer, scrapes and probes, is left out, and so is what `post` of `sonde/delivery` sends. `httpMetrics` has the rolling percentiles as `….latency`.
 *
 * Routes are known for Express, for Fastify, for Hono with `honoRoute()`, where `routes`, `route` or `setHttpRoute` tell
 * them; other requests have a `path_hash`. Requests that begin while nobody listens are not counted in `active`. HTTP/2
 * and upgraded connections are not published by Node as requests. A second call for the same bus throws
 * `already_instrumented`, bad options `invalid_option`. Functions among the options that throw are taken for silent.
 */
export function instrumentHttp(bus: Bus, options: InstrumentHttpOptions = {}): Detach {
  checkOptions(options)
  const { server = true, client = true, routes = [], route, ignore, ignoreClient } = options
  const template = routes.length === 0 ? () => undefined : compileRoutes(routes)
  const instrumented = instrumentedBuses()
  if (instrumented.has(bus)) {
    throw new TelemetryError(
      'already_instrumented',
      'interop: this bus is instrumented already: keep the first call, or call the function that it returned',
    )
  }
  instrumented.add(bus)
  const cancels = [
    ...(server ? [observeHttpServer(bus, { template, route, ignore })] : []),
    ...(client ? [observeHttpClient(bus, ignoreClient)] : []),
  ]
  return toDetach(() => {
    for (const cancel of cancels.splice(0)) cancel()
    return instrumented.delete(bus)
  })
}

function checkOptions(options: InstrumentHttpOptions): void {
  if (typeof options !== 'object' || options === null) throw invalid(`options must be an object, got ${typeof options}`)
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key))
  if (unknown !== undefined) throw invalid(`there is no option '${unknown}': there are ${OPTIONS.join(', ')}`)
  const { server, client, routes, route, ignore, ignoreClient } = options
  for (const [key, value] of Object.entries({ server, client })) {
    if (value !== undefined && typeof value !== 'boolean') throw invalid(`option '${key}' must be true or false`)
  }
  for (const [key, value] of Object.entries({ route, ignore, ignoreClient })) {
    if (value !== undefined && typeof value !== 'function') throw invalid(`option '${key}' must be a function`)
  }
  if (routes !== undefined && !Array.isArray(routes)) throw invalid("option 'routes' must be an array of templates")
}

function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `interop: ${problem}`)
}

function instrumentedBuses(): WeakSet<Bus> {
  // The cast: under this key there is only what is put there here.
  const holder = globalThis as { [KEY]?: WeakSet<Bus> }
  holder[KEY] ??= new WeakSet()
  return holder[KEY]
}
