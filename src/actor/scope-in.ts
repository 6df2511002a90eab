import { isCorrelated, scopeWithin } from '../context/correlate.ts'
import { currentScope } from '../context/current.ts'
import type { Scope } from '../context/scope.ts'
import type { Bus, Span } from '../core/types.ts'

/** What is current within `span` where spans become current, and what is current now elsewhere. */
export function scopeIn(bus: Bus, span: Span | undefined): Scope | undefined {
  return span === undefined || span.id === '' || !isCorrelated(bus) ? currentScope() : scopeWithin(span)
}
