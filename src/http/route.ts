import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers one request. It may throw or reject: the client then gets a constant 500. */
export type RouteFunction = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** One path of a server. Matched exactly: no parameters, no decoding, no trailing slash. */
export interface Route {
  /** Begins with `/`. */
  readonly path: string
  readonly handle: RouteFunction
  /** Methods answered; others get 405 with `Allow`. Default GET and HEAD. */
  readonly methods?: readonly string[]
  /** Answered without the server's token: for probes. */
  readonly public?: boolean
}

/** What a request is answered with when no route answers it: bodies are constant, so they leak nothing (CWE-209). */
export type Refusal = {
  readonly status: 400 | 401 | 404 | 405 | 421
  readonly headers?: Readonly<Record<string, string>>
}

const defaultMethods: readonly string[] = ['GET', 'HEAD']

const bodies: Readonly<Record<number, string>> = {
  400: 'Bad request\n',
  401: 'Unauthorized\n',
  404: 'Not found\n',
  405: 'Method not allowed\n',
  421: 'Misdirected request\n',
  500: 'Internal error\n',
  503: 'Busy\n',
}

/** Finds the route of a request target, or how to refuse it. The query is not looked at, nothing is decoded. */
export function findRoute(
  routes: ReadonlyMap<string, Route>,
  method: string | undefined,
  target: string | undefined,
): Route | Refusal {
  if (target === undefined || !target.startsWith('/')) return { status: 400 }
  const query = target.indexOf('?')
  const route = routes.get(query === -1 ? target : target.slice(0, query))
  if (route === undefined) return { status: 404 }
  const methods = route.methods ?? defaultMethods
  if (method !== undefined && methods.includes(method)) return route
  return { status: 405, headers: { allow: methods.join(', ') } }
}

/** Ends the answer with `body` as plain text; the constant text of the status when there is none. */
export function sendText(
  response: ServerResponse,
  status: number,
  body: string = bodies[status] ?? '',
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  })
  response.end(body)
}
