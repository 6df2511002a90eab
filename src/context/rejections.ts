import { shared } from './shared.ts'

/** An id or header that came from outside and was not taken. The value itself is not kept: it is hostile or a mistake. */
export interface Rejection {
  /** The header, lower-case; `correlation_id` for an id that was given to `withCorrelation`. */
  readonly header: string
  /** Characters. */
  readonly length: number
  readonly reason: 'malformed' | 'too_long' | 'duplicate' | 'limit'
}

/** Tells those who asked, `attachCorrelation` first of all. */
export function reject(rejection: Rejection): void {
  for (const tell of shared.onRejected) tell(rejection)
}
