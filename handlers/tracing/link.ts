import { type Context, context, trace } from '@opentelemetry/api'
import { type Ambient, linkAmbient, type Context as OwnContext } from 'sonde/context'
import { withBaggage } from './baggage.ts'
import { idsIn, spanFor } from './parents.ts'
import { shared, spanById } from './shared.ts'
import { hasContextManager } from './suppression.ts'

/** OpenTelemetry as the second keeper of contexts: spans of its instrumentations are within ours, and ours within theirs. */
const openTelemetry: Ambient = {
  active: () => idsIn(context.active()),

  run(own, body) {
    const active = context.active()
    const wanted = contextFor(own, active)
    return wanted === active || !hasContextManager(active) ? body() : context.with(wanted, body)
  },

  spanOf: (spanId) => spanById(spanId)?.spanContext(),
}

/** Links the contexts, once for all attachments of the process; the function returned takes one user away. */
export function linkContexts(): () => void {
  shared.link ??= { users: 0, hasManager: false, detach: linkAmbient(openTelemetry) }
  const { link } = shared
  link.users++
  return () => {
    if (--link.users > 0) return
    link.detach()
    shared.link = undefined
  }
}

/** What is to be active there while `own` is current here. */
function contextFor(own: OwnContext, active: Context): Context {
  const around = idsIn(active)
  const span = spanFor(own, active)
  const ids = span?.spanContext()
  let wanted = active
  if (span !== undefined && (ids?.spanId !== around?.spanId || ids?.traceId !== around?.traceId)) {
    wanted = trace.setSpan(active, span)
  } else if (span === undefined && around !== undefined && around.traceId !== own.traceId) {
    // A trace of its own, or that of another request.
    wanted = trace.deleteSpan(active)
  }
  return withBaggage(wanted, own.baggage)
}
