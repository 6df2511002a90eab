import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bus } from 'sonde'
import { correlate, onRejected, setCorrelation } from 'sonde/context'
import { createFastifyPlugin, type FastifyPlugin } from './fastify.ts'
import { type FetchHandler, wrapFetch } from './fetch.ts'
import { createHonoMiddleware, type HonoMiddleware } from './hono.ts'
import { compileHosts } from './hosts.ts'
import { createIncoming, type Enter } from './incoming.ts'
import {
  createExpressMiddleware,
  type ExpressMiddleware,
  type NodeRequest,
  type NodeResponse,
  type RequestListener,
  wrapListener,
} from './node.ts'
import { type CorrelationOptions, checkOptions } from './options.ts'

export { correlatedConsole, type LogConsole } from './console.ts'
export { type LogFields, logFields } from './logs.ts'
export type { CorrelationOptions } from './options.ts'

/** The attachment of `attachCorrelation`: what puts a request's handlers into its context, for each kind of server. */
export interface CorrelationAttachment {
  /** `createServer(correlation.listener((request, response) => …))`, of `node:http`, `node:https` and `node:http2`. */
  listener<Q extends NodeRequest = IncomingMessage, S extends NodeResponse = ServerResponse>(
    listener: RequestListener<Q, S>,
  ): RequestListener<Q, S>
  /** `app.use(correlation.express)`, before everything that is to have a context. */
  readonly express: ExpressMiddleware
  /** `await app.register(correlation.fastify)`, before the routes. */
  readonly fastify: FastifyPlugin
  /** `app.use(correlation.hono)`, before the routes. */
  readonly hono: HonoMiddleware
  /** `export default { fetch: correlation.fetch((request) => …) }`, for anything that answers a `Request` with a `Response`. */
  fetch<F extends FetchHandler>(handler: F): F
  /** Requests have no context from here on, nor have events. Safe to repeat. */
  detach(): void
  /** Resolves at once: nothing is kept. */
  flush(): Promise<void>
}

/**
 * Puts `correlation_id`, `trace_id`, `span_id` and `parent_span_id` of the current context on every event, and gives each
 * request that is served a context: the one that it brings, or a new one.
 *
 * Ids from outside are checked, and what is not taken is told as `telemetry.correlation.rejected`. The answer carries the id
 * as `x-correlation-id`. With `instrumentHttp`, in any order, the events of requests have the ids too, and requests that are
 * made to the hosts of `sendTo` take them along (those of `http.request` from Node 22.12 on; before, `inject` into its headers).
 *
 * It listens to no event, so it is no row of `listHandlers()`. A second one on the same bus throws `already_attached`, wrong
 * options `invalid_option`.
 */
export function attachCorrelation(bus: Bus, options: CorrelationOptions = {}): CorrelationAttachment {
  checkOptions(options)
  const { sendTo = [], echo = true } = options
  const incoming = createIncoming(bus.clock, options)
  const detaches = [
    setCorrelation(bus, { ...incoming, sendsTo: compileHosts(sendTo) }),
    correlate(bus),
    onRejected(({ header, length, reason }) => {
      bus.execute('telemetry.correlation.rejected', { length }, { header, reason })
    }),
  ]
  const enter: Enter = { receive: incoming.receive, echo, isAttached: () => detaches.length > 0 }
  return {
    listener: (listener) => wrapListener(enter, listener),
    express: createExpressMiddleware(enter),
    fastify: createFastifyPlugin(enter),
    hono: createHonoMiddleware(enter),
    fetch: (handler) => wrapFetch(enter, handler),
    detach() {
      for (const detach of detaches.splice(0)) detach()
    },
    flush: async () => {},
  }
}
