import type { Context } from 'sonde/context'
import { withContext } from 'sonde/context'
import { ECHO_HEADER, type Enter } from './incoming.ts'

/** The part of Node's request that is read. */
export interface NodeRequest {
  readonly headers: object
}

/** The part of Node's response that is used. */
export interface NodeResponse {
  readonly headersSent: boolean
  setHeader(name: string, value: string): unknown
}

/** What `createServer` takes, of `node:http` and, with its types named, of `node:http2`. */
export type RequestListener<Q, S> = (request: Q, response: S) => unknown

/** Middleware of Express, Connect, Polka and what is like them. */
export type ExpressMiddleware = (request: NodeRequest, response: NodeResponse, next: () => void) => void

/** The listener, run in the context of each request. */
export function wrapListener<Q extends NodeRequest, S extends NodeResponse>(
  enter: Enter,
  listener: RequestListener<Q, S>,
): RequestListener<Q, S> {
  return function (this: unknown, request, response) {
    return runRequest(enter, request, response, () => Reflect.apply(listener, this, [request, response]))
  }
}

/** The middleware of Express. */
export function createExpressMiddleware(enter: Enter): ExpressMiddleware {
  return (request, response, next) => runRequest(enter, request, response, next)
}

/** Runs `body` in the context of a request of Node's, and puts the id on its response. */
export function runRequest<T>(enter: Enter, request: NodeRequest, response: NodeResponse, body: () => T): T {
  if (!enter.isAttached()) return body()
  const context = enter.receive(request, request.headers)
  if (enter.echo) echoOn(response, context)
  return withContext(context, body)
}

function echoOn(response: NodeResponse, context: Context): void {
  if (!response.headersSent) response.setHeader(ECHO_HEADER, context.correlationId)
}
