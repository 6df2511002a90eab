import { toDetach } from '../core/lifecycle.ts'
import type { Detach } from '../core/types.ts'
import { shared } from './shared.ts'

/** An id or header that came from outside and was not taken. The value itself is not kept: it is hostile or a mistake. */
export interface Rejection {
  /** The header, lower-case; `correlation_id` for an id that was given to `withCorrelation`. */
  readonly header: string
  /** Characters. */
  readonly length: number
  readonly reason: 'malformed' | 'too_long' | 'duplicate' | 'limit'
}

/** Calls `tell` for every id and header that is not taken, until detached. `tell` must not throw. */
export function onRejected(tell: (rejection: Rejection) => void): Detach {
  shared.onRejected.add(tell)
  return toDetach(() => shared.onRejected.delete(tell))
}

/** Tells those who asked, `attachCorrelation` first of all. */
export function reject(rejection: Rejection): void {
  for (const tell of shared.onRejected) tell(rejection)
}
