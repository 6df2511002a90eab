import type { Cancel } from '../core/types.ts'
import type { HttpClientCounter } from './client-counter.ts'
import { hostOf, isBodiless, lengthOf } from './http-values.ts'
import type { Exchange } from './in-flight.ts'
import type { OutgoingHeaders } from './send-context.ts'
import { subscribeAll } from './subscriptions.ts'

/** What undici publishes on `undici:request:*`, from 5 to 7: https://undici.nodejs.org/#/docs/api/DiagnosticsChannel */
interface UndiciMessage {
  readonly request: {
    readonly origin: unknown
    readonly path: unknown
    readonly method: unknown
    /** The protocol of an upgrade: `websocket`. */
    readonly upgrade?: unknown
    /** Names and values in turn; one text in undici 5. */
    readonly headers?: unknown
    addHeader?(name: string, value: string): void
  }
  readonly response?: { readonly statusCode: number; readonly headers: unknown }
  readonly error?: unknown
}

interface Fetched {
  readonly exchange: Exchange
  status?: number
  size?: number | undefined
}

/**
 * Counts the requests of undici, which are those of `fetch` too: Node's `http.client.*` channels do not tell of them.
 *
 * `trailers` is published when the body has arrived, read or not; `error` otherwise. An upgrade (WebSocket) or CONNECT is left
 * out: undici tells of its beginning and never of its end.
 */
export function observeUndici(counter: HttpClientCounter): Cancel {
  const underWay = new WeakMap<object, Fetched>()

  return subscribeAll({
    'undici:request:create': (message) => {
      // The casts: see `UndiciMessage`.
      const { request } = message as UndiciMessage
      // Any program may publish here, and what could not be ended must not begin.
      if (typeof request !== 'object' || request.upgrade || request.method === 'CONNECT') return
      const exchange = counter.begin(request.method, hostOf(request.origin), request.path, headersOf(request))
      if (exchange !== undefined) underWay.set(request, { exchange })
    },
    'undici:request:headers': (message) => {
      const { request, response } = message as UndiciMessage
      const fetched = underWay.get(request)
      if (fetched === undefined || response === undefined) return
      fetched.status = response.statusCode
      fetched.size = isBodiless(request.method, response.statusCode) ? 0 : contentLength(response.headers)
    },
    'undici:request:trailers': (message) => {
      const fetched = underWay.get((message as UndiciMessage).request)
      fetched?.exchange.end({ status: fetched.status, size: fetched.size })
    },
    'undici:request:error': (message) => {
      const { request, error } = message as UndiciMessage
      const fetched = underWay.get(request)
      fetched?.exchange.end({ status: fetched.status, error: error ?? new Error('The request failed') })
    },
  })
}

function headersOf(request: UndiciMessage['request']): OutgoingHeaders | undefined {
  if (typeof request.addHeader !== 'function') return undefined
  return { has: (name) => hasHeader(request.headers, name), set: (name, value) => request.addHeader?.(name, value) }
}

function hasHeader(headers: unknown, name: string): boolean {
  if (typeof headers === 'string') return headers.toLowerCase().includes(`${name}:`)
  return Array.isArray(headers) && headers.some((text, i) => i % 2 === 0 && String(text).toLowerCase() === name)
}

/** Headers come as names and values in turn, each a Buffer. */
function contentLength(headers: unknown): number | undefined {
  if (!Array.isArray(headers)) return undefined
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (String(headers[i]).toLowerCase() === 'content-length') return lengthOf(String(headers[i + 1]))
  }
  return undefined
}
