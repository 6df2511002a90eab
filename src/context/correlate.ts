import { toDetach } from '../core/lifecycle.ts'
import type { Bus, Detach, Metadata, Span } from '../core/types.ts'
import { currentScope, runInScope } from './current.ts'
import { beginScope, type Scope, scopeOfSpan } from './scope.ts'
import { shared } from './shared.ts'

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

/** Whether spans of `bus` become current in their bodies. */
export function isCorrelated(bus: Bus): boolean {
  return installed.has(bus)
}

/** Runs `body` as the body of `span`: events, logs and spans inside are its children. A span nobody listens to changes nothing. */
export function runInSpan<T>(span: Span, body: () => T): T {
  return span.id === '' ? body() : runInScope(scopeOfBody(span), body)
}

/**
 * What the storage has to hold for `span` to be current, for what enters storages by itself. The other keeper of contexts
 * is not told.
 */
export function scopeWithin(span: Span): Scope {
  const scope = scopeOfBody(span)
  scope.ambientId = shared.ambient?.active()?.spanId
  return scope
}

function scopeOfBody(span: Span): Scope {
  const scope = placeOf(span) ?? scopeOfSpan(currentScope() ?? beginScope({}), span)
  // Known from here on: the other keeper has heard of the start meanwhile.
  const standing = shared.ambient?.spanOf?.(span.id)
  if (standing !== undefined) scope.standing = standing
  return scope
}

function install(bus: Bus) {
  const enriching = bus.enrich(metadataFor, { fresh: true })
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

/** The ids for an event, or for a span that starts: outside of any context a trace begins with it. */
function metadataFor(span?: Span): Metadata | undefined {
  const current = currentScope()
  if (span === undefined) return current?.metadata()
  const outer = current ?? beginScope({})
  // The scope is made now: a span that is ended by hand may be entered from anywhere.
  setPlace(span, scopeOfSpan(outer, span))
  return outer.metadata()
}

/** What the core keeps with each span for us. */
interface Placed {
  place?: unknown
}

function setPlace(span: Span & Placed, scope: Scope): void {
  span.place = scope
}

function placeOf(span: Span & Placed): Scope | undefined {
  // The cast: nothing else is put there.
  return span.place as Scope | undefined
}
