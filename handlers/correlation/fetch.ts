import { withContext } from 'sonde/context'
import { ECHO_HEADER, type Enter, nodeRequestOf } from './incoming.ts'

/** Answers a `Request` with a `Response`; what else a runtime passes is passed on. */
export type FetchHandler = (this: never, request: Request, ...rest: never[]) => Response | Promise<Response>

/** The handler, run in the context of each request. */
export function wrapFetch<F extends FetchHandler>(enter: Enter, handler: F): F {
  const wrapped = function (this: unknown, request: Request, ...rest: unknown[]): unknown {
    const run = () => Reflect.apply(handler, this, [request, ...rest])
    if (!enter.isAttached()) return run()
    const context = enter.receive(nodeRequestOf(rest[0]) ?? request, request.headers)
    const answer: Response | Promise<Response> = withContext(context, run)
    if (!enter.echo) return answer
    const echo = (response: Response) => withHeader(response, context.correlationId)
    // Not `instanceof`: frameworks put a Response of their own in the place of the global one.
    return 'headers' in answer ? echo(answer) : answer.then(echo)
  }
  // The cast: it takes and returns what `handler` does.
  return wrapped as unknown as F
}

function withHeader(response: Response, id: string): Response {
  try {
    response.headers.set(ECHO_HEADER, id)
    return response
  } catch {
    return copyWithHeader(response, id)
  }
}

/** Headers of what came from `fetch` and of redirects cannot be changed. */
function copyWithHeader(response: Response, id: string): Response {
  try {
    const copy = new Response(response.body, response)
    copy.headers.set(ECHO_HEADER, id)
    return copy
  } catch {
    // `Response.error()` and what a runtime has of its own: an answer without the header is still the answer.
    return response
  }
}
