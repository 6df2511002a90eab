import { AsyncLocalStorage } from 'node:async_hooks'
import type { AmbientSpan, Context } from './context.ts'
import { beginScope, type Scope, scopeOfAmbient } from './scope.ts'
import { shared } from './shared.ts'

const ambientScopes = new WeakMap<AmbientSpan, Scope>()

/** The context that this code runs in; undefined outside of any. */
export function currentContext(): Context | undefined {
  return currentScope()
}

/** Runs `body` in a context, such as one that `extract` or `currentContext` gave, and returns what it returns. */
export function withContext<T>(context: Context, body: () => T): T {
  return runInScope(scopeOf(context), body)
}

export function currentScope(): Scope | undefined {
  const own = shared.storage?.getStore()
  const active = shared.ambient?.active()
  // What was current over there when our scope began is around it; anything else has begun inside.
  if (active === undefined || own?.ambientId === active.spanId) return own
  const known = ambientScopes.get(active)
  if (known !== undefined) return known
  const made = scopeOfAmbient(own, active)
  ambientScopes.set(active, made)
  return made
}

export function runInScope<T>(scope: Scope, body: () => T): T {
  shared.storage ??= new AsyncLocalStorage()
  const { ambient } = shared
  if (ambient === undefined) return shared.storage.run(scope, body)
  return shared.storage.run(scope, () =>
    ambient.run(scope, () => {
      scope.ambientId = ambient.active()?.spanId
      return body()
    }),
  )
}

/** The scope behind a context; one that somebody has built by hand is copied. */
export function scopeOf(context: Context): Scope {
  return isScope(context) ? context : beginScope(context)
}

/** Also true for the scopes of another copy of the library. */
function isScope(context: Context): context is Scope {
  return 'trace' in context && 'metadata' in context
}
