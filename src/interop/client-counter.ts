import { isSuppressedByAmbient } from '../context/ambient.ts'
import type { Bus } from '../core/types.ts'
import { knownMethod } from './http-values.ts'
import { createInFlight, type Exchange } from './in-flight.ts'
import { contextFor, type OutgoingHeaders, sendContext } from './send-context.ts'

/** A request that this process makes, before it is sent. */
export interface OutgoingRequest {
  readonly method: string
  readonly host: string
  /** With the query: do not make a label of it. */
  readonly path: string
}

/** What both kinds of clients share. */
export interface HttpClientCounter {
  /** Whether a request to `host` is to take the present context along. */
  sendsTo(host: string | undefined): boolean
  /**
   * Begins an exchange; undefined when nobody listens, or the request is one to ignore. Either way the request takes the
   * context along, where `headers` can still be written.
   */
  begin(
    method: unknown,
    host: string | undefined,
    path: unknown,
    headers?: OutgoingHeaders | undefined,
  ): Exchange | undefined
}

/** Makes the counter of `http.client.request`: a status of 400 or more is an error for the one who asks. */
export function createClientCounter(
  bus: Bus,
  ignore: ((request: OutgoingRequest) => boolean) | undefined,
): HttpClientCounter {
  const inFlight = createInFlight(bus, 'http.client.request', 400)

  function isIgnored(request: OutgoingRequest): boolean {
    try {
      return ignore?.(request) === true
    } catch {
      return false
    }
  }

  function count(method: unknown, host: string, path: unknown): Exchange | undefined {
    if (!inFlight.enabled) return undefined
    if (isIgnored({ method: String(method), host, path: String(path) })) return undefined
    return inFlight.begin({ method: knownMethod(method), host })
  }

  return {
    sendsTo: (host = '') => contextFor(bus, host) !== undefined,
    begin(method, host = '', path, headers) {
      // An exporter of OpenTelemetry's: with requests that are counted and traced it would never come to an end.
      if (isSuppressedByAmbient()) return undefined
      const exchange = count(method, host, path)
      if (headers !== undefined) sendContext(bus, host, exchange?.span.id ?? '', headers)
      return exchange
    },
  }
}
