import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Metadata } from '../core/types.ts'
import { pathHash, pathOf } from './http-values.ts'
import { isRoute, knownRoute } from './known-routes.ts'

/** Different routes that are told apart; the rest have a `path_hash`. Holds when a route turns out to be made from data. */
const MAX_ROUTES = 1_000

export interface RouteSettings {
  /** The template of a path. */
  readonly template: (path: string) => string | undefined
  readonly route: ((request: IncomingMessage, response: ServerResponse) => string | undefined) | undefined
}

/** A request whose response has ended. */
export interface RoutedRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** As it came: routers rewrite `request.url`. */
  readonly target: string
  /** What the start was told with. */
  readonly template: string | undefined
}

/**
 * Makes the function that gives an ended request either its `route` or its `path_hash`: the program's `route`, then the
 * template of the path, then what a router has told or left.
 */
export function createRouteFinder(settings: RouteSettings): (ended: RoutedRequest) => Metadata {
  const routes = new Set<string>()

  function routeGiven(request: IncomingMessage, response: ServerResponse): string | undefined {
    try {
      const route = settings.route?.(request, response)
      return isRoute(route) ? route : undefined
    } catch {
      return undefined
    }
  }

  return ({ request, response, target, template }) => {
    const route = routeGiven(request, response) ?? template ?? knownRoute(request)
    const fits = route !== undefined && (routes.has(route) || routes.size < MAX_ROUTES)
    if (!fits) return template === undefined ? { path_hash: pathHash(pathOf(target)) } : {}
    routes.add(route)
    return { route }
  }
}
