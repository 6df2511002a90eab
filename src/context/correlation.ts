import type { Bus } from '../core/types.ts'
import type { Context } from './context.ts'
import { shared } from './shared.ts'

/** How a bus carries contexts over the borders of the process; `attachCorrelation` sets it. */
export interface Correlation {
  /**
   * The context of a request that has come in. The same for the same `request` object, whoever asks first: an
   * instrumentation that emits before any middleware runs, or the middleware.
   */
  receive(request: object, headers: unknown): Context
  /** What further questions about `request` are answered with, such as the context within its span. */
  enter(request: object, context: Context): void
  /** Whether ids and baggage may be sent to this host, `name` or `name:port`. */
  sendsTo(host: string): boolean
}

/** How `bus` does it; undefined when it does not. */
export function correlationOf(bus: Bus): Correlation | undefined {
  return shared.correlations.get(bus)
}
