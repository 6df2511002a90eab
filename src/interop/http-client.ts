import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Bus, Cancel } from '../core/types.ts'
import { isOwnRequest } from '../delivery/own-requests.ts'
import { createClientCounter, type OutgoingRequest } from './client-counter.ts'
import { hostOf, isBodiless, lengthOf } from './http-values.ts'
import type { Exchange } from './in-flight.ts'
import { subscribeAll } from './subscriptions.ts'
import { observeUndici } from './undici.ts'

/** What Node publishes on `http.client.*`, in 20, 22 and 24. */
interface ClientMessage {
  readonly request: ClientRequest & { readonly res?: IncomingMessage | null }
  readonly error?: unknown
}

/**
 * Turns `http.request` and `fetch` into `http.client.request.*`, except what `post` of `sonde/delivery` sends.
 *
 * Node publishes `http.client.request.start` when the request is written out, and `http.client.response.finish` when
 * the head of the response is there; what ends the exchange is the `close` of the request, which always comes: after the
 * body, after an error, and when the connection is handed over (upgrade, CONNECT).
 */
export function observeHttpClient(bus: Bus, ignore: ((request: OutgoingRequest) => boolean) | undefined): Cancel {
  const counter = createClientCounter(bus, ignore)
  const exchanges = new WeakMap<ClientRequest, Exchange>()

  const unsubscribe = subscribeAll({
    'http.client.request.start': (message) => {
      // The casts: see `ClientMessage`.
      const { request } = message as ClientMessage
      if (isOwnRequest(request)) return
      const host = hostOf(request.getHeader('host')) ?? hostOf(request.host)
      const exchange = counter.begin(request.method, host, request.path)
      if (exchange === undefined) return
      exchanges.set(request, exchange)
      request.once('close', () => endClosed(request, exchange))
    },
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
