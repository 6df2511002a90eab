import { isRoute, joinRoute, setHttpRoute } from './known-routes.ts'

/** Published for each middleware and handler by Express from 5.3 on (router 2.3). */
export const EXPRESS_CHANNEL = 'tracing:express.router.request:start'

/** What it publishes. `route` is the pattern that has matched: a path, or a RegExp. */
interface ExpressMessage {
  readonly req: { readonly baseUrl: string; readonly route?: { readonly stack: readonly unknown[] } }
  readonly layer: unknown
  readonly route: unknown
  readonly errorHandler?: boolean
  readonly param?: string
}

/** Per request, what the base paths of the routers it is in were mounted as. */
const mounts = new WeakMap<object, Map<string, string>>()

/**
 * Notes the route of a request when one of its handlers is called: then the base path is still there, which Express
 * takes away again when a handler throws. Mounted routers are noted on the way, so that `/orgs/7` and
 * `/ORGS/8` both become `/orgs/:id`.
 */
export function noteExpressRoute(message: unknown): void {
  // The cast: the shape that the channel is documented to have; a throw here is contained by the subscriber.
  const { req, layer, route, errorHandler, param } = message as ExpressMessage
  if (errorHandler === true || param !== undefined) return
  const pattern = String(route)
  if (req.route?.stack.includes(layer) === true) {
    setHttpRoute(req, joinRoute(mounts.get(req)?.get(req.baseUrl) ?? req.baseUrl, pattern))
    return
  }
  noteMount(req, pattern)
}

function noteMount(request: ExpressMessage['req'], pattern: string): void {
  const { baseUrl } = request
  // Only with plain segments and parameters does the pattern say how much of the base path it stands for.
  if (!/^(\/:?[\w.~-]+)+$/.test(pattern)) return
  const known = mounts.get(request) ?? new Map<string, string>()
  const parent = baseUrl
    .split('/')
    .slice(0, 1 - pattern.split('/').length)
    .join('/')
  const template = (known.get(parent) ?? parent) + pattern
  if (isRoute(template)) mounts.set(request, known.set(baseUrl, template))
}
