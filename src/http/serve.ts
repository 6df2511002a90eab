import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { TelemetryError } from '../core/errors.ts'
import { hostAllowList, urlHost } from './hosts.ts'
import { checkServeOptions, type ServeOptions } from './options.ts'
import { findRoute, type Route, sendText } from './route.ts'
import { bearerToken, sameToken } from './token.ts'

/** Marks our servers, which `instrumentHttp` leaves out: scrapes and probes are not what a service is measured by. */
const OWN_SERVER = Symbol.for('sonde.http.server')

/** A server that listens. */
export interface HttpServer {
  /** `http://127.0.0.1:9464`, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** Stops listening and ends every connection at once. Safe to repeat. */
  close(): Promise<void>
}

/** Limits against slow and many clients (CWE-400). Times in milliseconds; Node's own defaults are up to 300 s. */
const limits = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  /** A connection on which nothing moves for this long is cut, a reader that does not read included. */
  timeout: 30_000,
  maxConnections: 128,
  maxHeaderSize: 8 * 1024,
} as const

/**
 * Listens on `host`:`port` and answers `routes` and nothing else.
 *
 * Rejects with `address_in_use` when the port is taken, `invalid_option` when an option is wrong or the address cannot
 * be had.
 */
export async function serve(options: ServeOptions): Promise<HttpServer> {
  const { port, host = '127.0.0.1', unref = true } = options
  checkServeOptions(options)
  const server = createHttpServer(options)
  await listen(server, port, host)
  if (unref) {
    server.unref()
    server.on('connection', (socket) => socket.unref())
  }
  const address = server.address()
  const actualPort = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${urlHost(host)}:${actualPort}`,
    port: actualPort,
    close: () => close(server),
  }
}

/** The server of `serve`, not yet listening. Options are as there and not checked again. */
export function createHttpServer(options: Omit<ServeOptions, 'port' | 'unref'>): Server {
  const { maxConnections, timeout, ...settings } = limits
  const server = createServer(settings, createListener(options))
  Object.defineProperty(server, OWN_SERVER, { value: true })
  server.maxConnections = maxConnections
  server.timeout = timeout
  // Later errors, EMFILE at an accept say, must not be uncaught; `listen` adds its own listener.
  server.on('error', ignore)
  return server
}

function createListener({
  routes,
  host = '127.0.0.1',
  allowedHosts = [],
  token,
  onError,
}: Omit<ServeOptions, 'port' | 'unref'>): (request: IncomingMessage, response: ServerResponse) => void {
  const table = new Map(routes.map((route) => [route.path, route]))
  const isAllowed = hostAllowList(host, allowedHosts)
  const isAuthorized = (request: IncomingMessage) => {
    if (token === undefined) return true
    const given = bearerToken(request.headers.authorization)
    return given !== undefined && sameToken(given, token)
  }

  return (request, response) => {
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('cache-control', 'no-store')
    // Without listeners a reset connection would be an uncaught error.
    request.on('error', ignore)
    response.on('error', ignore)
    if (countHosts(request) > 1) return sendText(response, 400)
    if (!isAllowed(request.headers.host)) return sendText(response, 421)
    const route = findRoute(table, request.method, request.url)
    if (!('handle' in route && route.public === true) && !isAuthorized(request)) {
      return sendText(response, 401, undefined, { 'www-authenticate': 'Bearer' })
    }
    if (!('handle' in route)) return sendText(response, route.status, undefined, route.headers)
    void run(route, request, response, onError)
  }
}

async function run(
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  onError: ServeOptions['onError'],
): Promise<void> {
  try {
    await route.handle(request, response)
  } catch (error) {
    if (response.headersSent) response.destroy()
    else sendText(response, 500)
    try {
      onError?.(error, route.path)
    } catch {
      // A reporter that fails has nobody left to report to.
    }
  }
}

/** Node keeps the first of several `Host` headers; two readers that choose differently are how requests are smuggled. */
function countHosts(request: IncomingMessage): number {
  return request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, port, host)))
    // `listen` wants an IPv6 address without the brackets of a URL.
    server.listen({ port, host: host.replace(/^\[|\]$/g, '') }, resolve)
  })
}

function listenError(error: Error, port: number, host: string): TelemetryError {
  const code = 'code' in error ? String(error.code) : error.name
  const place = `port ${port} on ${host}`
  if (code === 'EADDRINUSE') {
    return new TelemetryError(
      'address_in_use',
      `http: ${place} is in use; choose another 'port', or 0 for any free one`,
      {
        cause: error,
      },
    )
  }
  const hint = code === 'EACCES' ? "choose a 'port' above 1023" : "choose a 'host' of this machine"
  return new TelemetryError('invalid_option', `http: cannot listen to ${place} (${code}); ${hint}`, { cause: error })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // The error says that it was not running, which is what was asked for.
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function ignore(): void {}
