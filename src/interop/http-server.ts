import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { runInSpan } from '../context/correlate.ts'
import { correlationOf } from '../context/correlation.ts'
import { currentContext, withContext } from '../context/current.ts'
import type { Bus, Cancel, Metadata } from '../core/types.ts'
import { EXPRESS_CHANNEL, noteExpressRoute } from './express-routes.ts'
import {
  FASTIFY_HANDLER_CHANNEL,
  FASTIFY_INSTANCE_CHANNEL,
  noteFastifyInstance,
  noteFastifyRoute,
} from './fastify-routes.ts'
import { isBodiless, knownMethod, lengthOf, pathOf } from './http-values.ts'
import { createInFlight, type Exchange } from './in-flight.ts'
import { isOwnServer } from './net/servers.ts'
import { createRouteFinder, type RoutedRequest, type RouteSettings } from './route-finder.ts'
import { subscribeAll } from './subscriptions.ts'

export interface HttpServerSettings extends RouteSettings {
  readonly ignore: ((request: IncomingMessage) => boolean) | undefined
}

/** What Node publishes on `http.server.*`, in 20, 22 and 24. */
interface ServerMessage {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly socket: Duplex
  readonly server: Server
}

interface Served extends RoutedRequest {
  readonly exchange: Exchange
}

/**
 * Turns the requests that Node's `http` and `https` servers handle into `http.server.request.*`.
 *
 * `http.server.response.finish` is published for complete responses only. One that is given up ends with the `close` of
 * the response or of its socket: on Node 20 and 22 a pipelined response that had not had its turn never closes.
 */
export function observeHttpServer(bus: Bus, settings: HttpServerSettings): Cancel {
  const inFlight = createInFlight(bus, 'http.server.request', 500)
  const bySocket = new WeakMap<Duplex, Set<Served>>()
  const byRequest = new WeakMap<IncomingMessage, Served>()
  const routeOf = createRouteFinder(settings)
  let unwatch: Cancel | undefined

  function begin(message: unknown): void {
    if (!inFlight.enabled) {
      if (inFlight.active === 0) watchRouters(false)
      return
    }
    // The cast: see `ServerMessage`.
    const { request, response, socket, server } = message as ServerMessage
    if (isOwnServer(server) || isIgnored(request)) return
    watchRouters(true)
    const template = settings.template(pathOf(request.url))
    const metadata = {
      method: knownMethod(request.method),
      ...(template === undefined ? undefined : { route: template }),
    }
    const exchange = beginInContext(request, metadata)
    const served = { exchange, request, response, target: request.url ?? '', template }
    byRequest.set(request, served)
    openOn(socket).add(served)
    response.once('close', () => end(served, socket, response.writableFinished))
  }

  /** On a bus that is correlated the request begins in the context that it brings, and its handlers run within its span. */
  function beginInContext(request: IncomingMessage, metadata: Metadata): Exchange {
    const correlation = correlationOf(bus)
    if (correlation === undefined) return inFlight.begin(metadata)
    return withContext(correlation.receive(request, request.headers), () => {
      const exchange = inFlight.begin(metadata)
      runInSpan(exchange.span, () => correlation.enter(request, currentContext()))
      return exchange
    })
  }

  /** The exchanges open on a socket, one for each request that was pipelined. */
  function openOn(socket: Duplex): Set<Served> {
    const existing = bySocket.get(socket)
    if (existing !== undefined) return existing
    const open = new Set<Served>()
    bySocket.set(socket, open)
    socket.once('close', () => {
      for (const served of open) end(served, socket, served.response.writableFinished)
    })
    return open
  }

  function finish(message: unknown): void {
    const { request, socket } = message as ServerMessage
    const served = byRequest.get(request)
    if (served !== undefined) end(served, socket, true)
  }

  function end(served: Served, socket: Duplex, complete: boolean): void {
    bySocket.get(socket)?.delete(served)
    if (served.exchange.ended) return
    const { exchange, request, response } = served
    exchange.end({
      status: complete || response.headersSent ? response.statusCode : undefined,
      size: complete ? sizeOf(response, request.method) : undefined,
      error: complete ? undefined : reasonOf(request, response),
      metadata: routeOf(served),
    })
  }

  function isIgnored(request: IncomingMessage): boolean {
    try {
      return settings.ignore?.(request) === true
    } catch {
      return false
    }
  }

  /** Listened to only while requests are: Express makes an object for each of its middlewares when anybody is subscribed. */
  function watchRouters(wanted: boolean): void {
    if (wanted === (unwatch !== undefined)) return
    unwatch?.()
    unwatch = wanted
      ? subscribeAll({ [EXPRESS_CHANNEL]: noteExpressRoute, [FASTIFY_HANDLER_CHANNEL]: noteFastifyRoute })
      : undefined
  }

  const unsubscribe = subscribeAll({
    'http.server.request.start': begin,
    'http.server.response.finish': finish,
    [FASTIFY_INSTANCE_CHANNEL]: noteFastifyInstance,
  })
  return () => {
    unsubscribe()
    watchRouters(false)
  }
}

/** Bytes of the body, when they were known before it was sent. Node keeps the length of a body that was sent at once aside. */
function sizeOf(response: ServerResponse, method: string | undefined): number | undefined {
  if (isBodiless(method, response.statusCode)) return 0
  const implied: unknown = '_contentLength' in response ? response._contentLength : undefined
  return lengthOf(response.getHeader('content-length') ?? implied)
}

/** What closed the connection. A client that goes away reads as ECONNRESET, and is nobody's error. */
function reasonOf(request: IncomingMessage, response: ServerResponse): unknown {
  const error = [response.errored, request.errored].find((errored) => errored && codeOf(errored) !== 'ECONNRESET')
  return error ?? new DOMException('The connection was closed before the response was complete', 'AbortError')
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined
}
