import { contextStorage } from '../context/current.ts'
import { shared } from '../context/shared.ts'

/** Runs `fn` in no context. Costs nothing where there has never been one. */
export function outsideContext(fn: () => void): void {
  if (shared.storage === undefined) fn()
  else contextStorage().run(undefined, fn)
}
