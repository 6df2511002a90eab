import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Bus, Cancel } from '../core/types.ts'
import { isOwnRequest } from '../delivery/own-requests.ts'
import { createClientCounter, type OutgoingRequest } from './client-counter.ts'
import { hostOf, isBodiless, lengthOf } from './http-values.ts'
import type { Exchange } from './in-flight.ts'
import type { OutgoingHeaders } from './send-context.ts'
import { subscribeAll } from './subscriptions.ts'
import { observeUndici } from './undici.ts'

/** What Node publishes on `http.client.*`; `created` from 22.12 on, the others in 20, 22 and 24. */
interface ClientMessage {
  readonly request: ClientRequest & { readonly res?: IncomingMessage | null }
  readonly error?: unknown
}

/**
 * Turns `http.request` and `fetch` into `http.client.request.*`, except what `post` of `sonde/delivery` sends.
 *
 * Node publishes `http.client.request.start` when a request is written out. Only at `http.client.request.created`, which
 * Node 20 does not have, can headers be added, so those that take a context along begin there. What ends the exchange is the
 * `close` of the request, which always comes: after the body, after an error, and when the connection is handed over (upgrade, CONNECT).
 */
export function observeHttpClient(bus: Bus, ignore: ((request: OutgoingRequest) => boolean) | undefined): Cancel {
  const counter = createClientCounter(bus, ignore)
  const seen = new WeakSet<ClientRequest>()
  const exchanges = new WeakMap<ClientRequest, Exchange>()

  function begin(request: ClientRequest, headers?: OutgoingHeaders): void {
    if (seen.has(request) || isOwnRequest(request)) return
    seen.add(request)
    const exchange = counter.begin(request.method, targetOf(request), request.path, headers)
    if (exchange === undefined) return
    exchanges.set(request, exchange)
    request.once('close', () => endClosed(request, exchange))
  }

  const unsubscribe = subscribeAll({
    // The casts: see `ClientMessage`.
    'http.client.request.created': (message) => {
      const { request } = message as ClientMessage
      if (counter.sendsTo(targetOf(request))) begin(request, headersOf(request))
    },
    'http.client.request.start': (message) => begin((message as ClientMessage).request),
    'http.client.request.error': (message) => {
      const { request, error } = message as ClientMessage
      exchanges.get(request)?.end({ status: request.res?.statusCode, error: error ?? new Error('The request failed') })
    },
  })
  const unsubscribeUndici = observeUndici(counter)
  return () => {
    unsubscribe()
    unsubscribeUndici()
  }
}

function targetOf(request: ClientRequest): string | undefined {
  return hostOf(request.getHeader('host')) ?? hostOf(request.host)
}

function headersOf(request: ClientRequest): OutgoingHeaders | undefined {
  // Headers given as an array are written at once.
  if (request.headersSent) return undefined
  return { has: (name) => request.hasHeader(name), set: (name, value) => void request.setHeader(name, value) }
}

function endClosed(request: ClientMessage['request'], exchange: Exchange): void {
  const response = request.res
  if (exchange.ended) return
  if (response?.complete === true) {
    const status = response.statusCode ?? 0
    const size = isBodiless(request.method, status) ? 0 : lengthOf(response.headers['content-length'])
    exchange.end({ status, size })
    return
  }
  const aborted = new DOMException('The request was given up before the response was complete', 'AbortError')
  exchange.end({ status: response?.statusCode, error: response?.errored ?? aborted })
}
