import { contextStorage } from './current.ts'
import { shared } from './shared.ts'

/** Runs `fn` in no context. Costs nothing where there has never been one. */
export function outsideContext<T>(fn: () => T): T {
  return shared.storage === undefined ? fn() : contextStorage().run(undefined, fn)
}
