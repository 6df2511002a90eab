import { withContext } from 'sonde/context'
import { ECHO_HEADER, type Enter, nodeRequestOf } from './incoming.ts'

/** The part of Hono's context that is used. */
interface HonoContext {
  readonly req: { readonly raw: Request }
  readonly env: unknown
  header(name: string, value: string): void
}

/** Middleware of Hono. */
export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<void>

/** The middleware, for `@hono/node-server` and for every other runtime. */
export function createHonoMiddleware(enter: Enter): HonoMiddleware {
  return async (hono, next) => {
    if (!enter.isAttached()) return next()
    const context = enter.receive(nodeRequestOf(hono.env) ?? hono.req.raw, hono.req.raw.headers)
    if (enter.echo) hono.header(ECHO_HEADER, context.correlationId)
    return withContext(context, next)
  }
}
