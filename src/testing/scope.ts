import { AsyncLocalStorage } from 'node:async_hooks'

/** A mark on the current async context and on everything it starts. */
export interface Scope {
  /** Whether the running code was started in this scope. */
  isCurrent(): boolean
  /** Gives the context back to the scope it was in before, if it still is in this one. */
  leave(): void
}

/** Made when the first scope is: a live AsyncLocalStorage makes every await of the process slower. */
let storage: AsyncLocalStorage<Scope | undefined> | undefined

/** Enters a scope of its own that lasts as long as the async context does. */
export function enterScope(): Scope {
  storage ??= new AsyncLocalStorage()
  const contexts = storage
  const before = contexts.getStore()
  const scope: Scope = {
    isCurrent: () => contexts.getStore() === scope,
    leave() {
      if (contexts.getStore() === scope) contexts.enterWith(before)
    },
  }
  contexts.enterWith(scope)
  return scope
}
