import { type Channel, channel } from 'node:diagnostics_channel'
import { isCorrelated, scopeWithin } from '../../context/correlate.ts'
import { contextStorage } from '../../context/current.ts'
import type { Scope } from '../../context/scope.ts'
import type { Bus, Cancel } from '../../core/types.ts'
import type { TracedCall, TracedCalls } from './traced-calls.ts'

/** The scope to run in, which may be none. */
interface Entered {
  readonly scope: Scope | undefined
}

type Enter = (context: unknown) => Entered | undefined

/** What makes the spans of a TracingChannel current in the calls. */
export interface SpanScopes {
  /** Takes in whether the bus is correlated now: from the next call on, it is so. */
  follow(): void
  unbind(): void
}

/** A channel takes one function per storage, so what several subscriptions enter is gathered in one. */
const entering = new WeakMap<Channel, Set<Enter>>()

/**
 * Binds the storage of contexts to a TracingChannel while `bus` is correlated: a traced function runs within its span,
 * and its callback where the call was made. A bound storage is entered at each call, so on other buses it is not bound.
 */
export function createSpanScopes(bus: Bus, name: string, calls: TracedCalls): SpanScopes {
  const callers = new WeakMap<TracedCall, Entered>()
  let cancels: Cancel[] = []

  function enterCall(context: unknown): Entered | undefined {
    const caller = { scope: contextStorage().getStore() }
    const call = calls.begin(context)
    if (call === undefined) return undefined
    callers.set(call, caller)
    return { scope: scopeWithin(call.span) }
  }

  function resumeCaller(context: unknown): Entered | undefined {
    const call = calls.find(context)
    return call && callers.get(call)
  }

  function unbind(): void {
    for (const cancel of cancels.splice(0)) cancel()
  }

  return {
    follow() {
      if (isCorrelated(bus) === cancels.length > 0) return
      if (cancels.length > 0) return unbind()
      cancels = [
        bind(channel(`tracing:${name}:start`), enterCall),
        bind(channel(`tracing:${name}:asyncStart`), resumeCaller),
      ]
    },
    unbind,
  }
}

function bind(traced: Channel, enter: Enter): Cancel {
  const storage = contextStorage()
  const all = entering.get(traced) ?? new Set<Enter>()
  entering.set(traced, all.add(enter))
  traced.bindStore(storage, (context) => {
    let scope = storage.getStore()
    for (const one of all) {
      try {
        const entered = one(context)
        if (entered !== undefined) scope = entered.scope
      } catch {
        // Node would make an `uncaughtException` of it.
      }
    }
    return scope
  })
  return () => {
    all.delete(enter)
    if (all.size === 0) traced.unbindStore(storage)
  }
}
