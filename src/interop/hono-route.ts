import { setHttpRoute } from './known-routes.ts'

/** The part of Hono's context that is read. */
export interface HonoContext {
  readonly req: { readonly routePath: string }
  readonly env: unknown
}

/**
 * Middleware that says which of Hono's routes a request has taken, for apps served by `@hono/node-server`:
 * `app.use(honoRoute())`, before the routes. Without it Hono's requests have no route: it leaves no trace on Node's request.
 */
export function honoRoute(): (context: HonoContext, next: () => Promise<void>) => Promise<void> {
  return async (context, next) => {
    const before = context.req.routePath
    try {
      await next()
    } finally {
      // Hono has moved on to the last handler that ran. Where it is still at this middleware, none has matched.
      const { routePath } = context.req
      if (routePath !== before) setHttpRoute(incomingOf(context.env), routePath)
    }
  }
}

function incomingOf(env: unknown): unknown {
  return typeof env === 'object' && env !== null && 'incoming' in env ? env.incoming : undefined
}
