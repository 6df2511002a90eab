import { type Context, context, type Span, trace } from '@opentelemetry/api'
import { type Ambient, linkAmbient, type Context as OwnContext } from 'sonde/context'
import { withBaggage } from './baggage.ts'
import { idsIn, spanFor } from './parents.ts'
import { shared } from './shared.ts'
import { hasContextManager, isSuppressed } from './suppression.ts'

/** OpenTelemetry as the second keeper of contexts: spans of its instrumentations are within ours, and ours within theirs. */
const openTelemetry: Ambient = {
  active: () => idsIn(context.active()),

  run(own, body) {
    const active = context.active()
    if (!hasContextManager(active)) return body()
    const wanted = contextFor(own, active)
    return wanted === active ? body() : context.with(wanted, body)
  },

  spanOf: (spanId) => shared.open.get(spanId)?.span?.spanContext(),

  isSuppressed: () => isSuppressed(context.active()),
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
  const span = spanFor(own, active)
  return withBaggage(span === undefined ? within(own, active) : withSpan(active, span), own.baggage)
}

function withSpan(active: Context, span: Span): Context {
  return trace.getSpan(active) === span ? active : trace.setSpan(active, span)
}

/** `active`, without its span when that is of another trace: one that was left by entering `own`, or that of another request. */
function within(own: OwnContext, active: Context): Context {
  const around = idsIn(active)
  return around === undefined || around.traceId === (own.ambient ?? own).traceId ? active : trace.deleteSpan(active)
}
