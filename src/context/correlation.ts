import { TelemetryError } from '../core/errors.ts'
import { toDetach } from '../core/lifecycle.ts'
import type { Bus, Detach } from '../core/types.ts'
import type { Context } from './context.ts'
import { shared } from './shared.ts'

/** How a bus carries contexts over the borders of the process. `attachCorrelation` says it, emitters such as `instrumentHttp` ask. */
export interface Correlation {
  /** The context that a request brings. One per `request` object, whoever asks first: a middleware, or what emits before any ran. */
  receive(request: object, headers: unknown): Context
  /** What `receive` answers from now on for this request: the context within the span that serves it. */
  enter(request: object, context: Context | undefined): void
  /** Whether ids and baggage may be sent to a host, `name` or `name:port`. */
  sendsTo(host: string): boolean
}

/** How `bus` does it; undefined when it does not. */
export function correlationOf(bus: Bus): Correlation | undefined {
  return shared.correlations.get(bus)
}

/** Says how `bus` does it, until detached. A second one throws `already_attached`. */
export function setCorrelation(bus: Bus, correlation: Correlation): Detach {
  if (shared.correlations.has(bus)) {
    throw new TelemetryError(
      'already_attached',
      'correlation: this bus is correlated already: keep the first attachment, or detach it before',
    )
  }
  shared.correlations.set(bus, correlation)
  return toDetach(() => {
    if (shared.correlations.get(bus) !== correlation) return false
    return shared.correlations.delete(bus)
  })
}
