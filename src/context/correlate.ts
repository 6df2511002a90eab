import { toDetach } from '../core/lifecycle.ts'
import type { Bus, Detach, Span } from '../core/types.ts'
import type { AmbientSpan } from './context.ts'
import { currentScope, runInScope } from './current.ts'
import { beginScope, type Scope, scopeOfSpan } from './scope.ts'
import { shared } from './shared.ts'

/** Scopes of spans that have been entered, for those that are entered again: the steps of a generator. */
const scopes = new WeakMap<Span, Scope>()
const installed = new WeakMap<Bus, { users: number; remove: () => void }>()

/**
 * Puts the ids of the current context under every event of a bus, and makes the span of a body current in it, until detached.
 *
 * `attachCorrelation` and `attachTracing` call it; it is installed once however often it is called.
 */
export function correlate(bus: Bus): Detach {
  const hooks = installed.get(bus) ?? install(bus)
  hooks.users++
  let attached = true
  return toDetach(() => {
    if (!attached) return false
    attached = false
    if (--hooks.users === 0) {
      hooks.remove()
      installed.delete(bus)
    }
    return true
  })
}

/** Runs `body` as the body of `span`: events, logs and spans inside are its children. A span nobody listens to changes nothing. */
export function runInSpan<T>(span: Span, body: () => T): T {
  if (span.id === '') return body()
  const outer = currentScope()
  if (outer?.span === span) return body()
  return runInScope(scopes.get(span) ?? enter(span, outer), body)
}

function install(bus: Bus) {
  const enriching = bus.enrich(() => currentScope()?.metadata())
  const wrapping = bus.around(runInSpan)
  const hooks = {
    users: 0,
    remove() {
      enriching()
      wrapping()
    },
  }
  installed.set(bus, hooks)
  return hooks
}

function enter(span: Span, outer: Scope | undefined): Scope {
  const { ambient } = shared
  const standing = ambient === undefined ? undefined : (ambient.spanOf?.(span.id) ?? outer?.ambient)
  const scope = scopeOfSpan(outer ?? beginTrace(standing), span, standing)
  scopes.set(span, scope)
  return scope
}

/** The trace that begins with a span: the one that the other keeper of contexts has begun with it, if it has. */
function beginTrace(standing: AmbientSpan | undefined): Scope {
  if (standing === undefined) return beginScope({})
  const { traceId, traceFlags, traceState } = standing
  return beginScope({ traceId, traceFlags, traceState: traceState?.serialize() })
}
