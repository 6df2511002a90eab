import { TelemetryError } from '../core/errors.ts'
import { hostName, isLoopback } from './hosts.ts'
import type { Route } from './route.ts'
import { minTokenLength } from './token.ts'

/** How to listen and whom to answer. */
export interface ServeOptions {
  readonly routes: readonly Route[]
  /** 0 takes any free port. */
  readonly port: number
  /** Address to listen on, default 127.0.0.1. Any other than loopback needs a `token`. */
  readonly host?: string
  /** Names accepted in `Host` besides loopback and `host`. `*` accepts every name and needs a `token`. */
  readonly allowedHosts?: readonly string[]
  /** When given, every route that is not `public` needs `Authorization: Bearer <token>`. At least 16 characters. */
  readonly token?: string
  /** Default true: the server and its connections do not keep the process alive. */
  readonly unref?: boolean
  /** Called with what a route threw; the client has been told nothing but 500. */
  onError?(error: unknown, path: string): void
}

/** Throws `invalid_option` when the options of `serve` cannot work or are not safe. No token is ever quoted. */
export function checkServeOptions({ routes, port, host = '127.0.0.1', allowedHosts = [], token }: ServeOptions): void {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    fail(`'port' must be an integer from 0 to 65535, got ${port}`)
  if (typeof host !== 'string' || host === '') fail("'host' must be an address, for example 127.0.0.1")
  if (token !== undefined && (typeof token !== 'string' || !isToken(token))) {
    fail(`'token' must be ${minTokenLength} or more of A-Z a-z 0-9 . _ ~ + / = -`)
  }
  if (token === undefined && !isLoopback(host)) {
    fail(`'host' ${host} can be reached from other machines: give a 'token', or listen on 127.0.0.1`)
  }
  checkAllowedHosts(allowedHosts, token)
  checkRoutes(routes)
}

function checkAllowedHosts(allowedHosts: readonly string[], token: string | undefined): void {
  if (!Array.isArray(allowedHosts)) fail("'allowedHosts' must be an array of host names")
  for (const name of allowedHosts) {
    if (name === '*' && token === undefined) fail("'allowedHosts' may hold '*' only together with a 'token'")
    if (name === '*') continue
    if (typeof name !== 'string' || hostName(name) !== name.toLowerCase()) {
      fail(`'allowedHosts' must hold host names without a port, got ${JSON.stringify(name)}`)
    }
  }
}

function checkRoutes(routes: readonly Route[]): void {
  const paths = new Set<string>()
  for (const { path, handle } of routes) {
    if (typeof path !== 'string' || !/^\/[^?#\s]*$/.test(path))
      fail(`a path must begin with '/' and hold no '?', '#' or space, got ${JSON.stringify(path)}`)
    if (typeof handle !== 'function') fail(`the route ${path} needs a function 'handle'`)
    if (paths.has(path)) fail(`the path ${path} is given twice`)
    paths.add(path)
  }
}

function isToken(token: string): boolean {
  return token.length >= minTokenLength && /^[A-Za-z0-9._~+/=-]+$/.test(token)
}

function fail(problem: string): never {
  throw new TelemetryError('invalid_option', `http: ${problem}`)
}
