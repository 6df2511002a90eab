import { setHttpRoute } from './known-routes.ts'

/** Published by Fastify when an instance is made, before anything is registered with it. */
export const FASTIFY_INSTANCE_CHANNEL = 'fastify.initialization'
/** Published by Fastify when it calls a handler. */
export const FASTIFY_HANDLER_CHANNEL = 'tracing:fastify.request.handler:start'

interface FastifyRequest {
  readonly raw: object
  readonly routeOptions: { readonly url?: string }
}

interface FastifyInstance {
  addHook(name: 'onRequest', hook: (request: FastifyRequest, reply: unknown, done: () => void) => void): unknown
}

/**
 * Has an instance note the route before any other hook runs, so that a request refused by one has its route too.
 *
 * The casts here and below: the shapes that the channels are documented to have; a throw is contained by the subscriber.
 */
export function noteFastifyInstance(message: unknown): void {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRequest', (request, _reply, done) => {
    noteRoute(request)
    done()
  })
}

/** Notes the route of a request that has come to its handler: all there is of instances made before we listened. */
export function noteFastifyRoute(message: unknown): void {
  noteRoute((message as { request: FastifyRequest }).request)
}

/** Not a route: the request of a 404 has no `url`. */
function noteRoute(request: FastifyRequest): void {
  setHttpRoute(request?.raw, request?.routeOptions?.url)
}
