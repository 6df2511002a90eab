import type { Context } from '../context/context.ts'
import { correlationOf } from '../context/correlation.ts'
import { currentContext } from '../context/current.ts'
import { inject } from '../context/headers/inject.ts'
import type { Bus } from '../core/types.ts'

/** The headers of a request that is about to be sent. */
export interface OutgoingHeaders {
  has(name: string): boolean
  set(name: string, value: string): void
}

/**
 * Puts the current context on a request, when its host is one that `attachCorrelation` sends to. The parent is `spanId`, or else
 * the span that is current. What the program has set itself stays.
 */
export function sendContext(bus: Bus, host: string, spanId: string, headers: OutgoingHeaders): void {
  const context = contextFor(bus, host)
  if (context === undefined) return
  const traced = headers.has('traceparent')
  const set = (name: string, value: string) => {
    if (!headers.has(name) && !(traced && name === 'tracestate')) headers.set(name, value)
  }
  inject({ set }, context, spanId === '' ? {} : { spanId })
}

/** The context that a request to `host` is to take along; undefined when there is none, or it is none of the host's business. */
export function contextFor(bus: Bus, host: string): Context | undefined {
  return correlationOf(bus)?.sendsTo(host) === true ? currentContext() : undefined
}
