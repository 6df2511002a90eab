import type { IncomingMessage } from 'node:http'

/** Longest route that is taken. */
const MAX_LENGTH = 256

const LONE_SURROGATE = /\p{Surrogate}/u

/** Routes told while their request was under way, by a framework or by the program. */
const known = new WeakMap<object, string>()

/**
 * Says which route a request of Node's `http` server has taken: a template such as `/users/:id`, never the path itself.
 *
 * For routers that leave no trace of it on the request. May be called at any time before the response is sent; the last call
 * counts. What is not a request or not a route is ignored.
 */
export function setHttpRoute(request: unknown, route: unknown): void {
  if (typeof request === 'object' && request !== null && isRoute(route)) known.set(request, route)
}

/**
 * The route that the request has taken as far as anybody knows: told by `setHttpRoute`, by Fastify's or Express's
 * diagnostics channels, or left on the request by a router like Express's.
 *
 * Older versions of Express publish nothing, and forget the prefix of a mounted router when a handler throws.
 */
export function knownRoute(request: IncomingMessage): string | undefined {
  return known.get(request) ?? leftByExpress(request)
}

/** Whether a value may be a route: a string within bounds, well-formed so that it can be a label. */
export function isRoute(route: unknown): route is string {
  return typeof route === 'string' && route !== '' && route.length <= MAX_LENGTH && !LONE_SURROGATE.test(route)
}

/** Base path and path of a route as one template: `/api` and `/` are `/api`. */
export function joinRoute(base: string, path: string): string {
  return base !== '' && path === '/' ? base : base + path
}

function leftByExpress(request: object): string | undefined {
  const route: unknown = 'route' in request ? request.route : undefined
  if (typeof route !== 'object' || route === null || !('path' in route)) return undefined
  const base: unknown = 'baseUrl' in request ? request.baseUrl : undefined
  const path = Array.isArray(route.path) ? route.path.join('|') : String(route.path)
  const joined = joinRoute(typeof base === 'string' ? base : '', path)
  return isRoute(joined) ? joined : undefined
}
