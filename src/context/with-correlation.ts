import type { Context } from './context.ts'
import { currentScope, runInScope, scopeOf } from './current.ts'
import { isCorrelationId } from './ids.ts'
import { reject } from './rejections.ts'
import { beginScope, type Scope } from './scope.ts'

/**
 * Runs `body` where a correlation id is current, and returns what it returns.
 *
 * Without `id` the present context stays, or where there is none a trace begins. With one the trace stays and the id is
 * another. A `Context`, such as `startTrace()`, is entered as it is. What cannot be an id, a header for instance that was
 * not checked, is told as `telemetry.correlation.rejected` and counts as none.
 */
export function withCorrelation<T>(body: () => T): T
export function withCorrelation<T>(id: string | Context | undefined, body: () => T): T
export function withCorrelation<T>(first: string | Context | undefined | (() => T), body?: () => T): T {
  return typeof first === 'function'
    ? runInScope(scopeFor(undefined), first)
    : runInScope(scopeFor(first), body as () => T)
}

/** A trace that begins here, to be entered with `withCorrelation`. What cannot be a correlation id counts as none. */
export function startTrace(correlationId?: string): Context {
  return beginScope({ correlationId: checked(correlationId) })
}

function scopeFor(id: string | Context | undefined): Scope {
  if (typeof id === 'object') return scopeOf(id)
  const correlationId = checked(id)
  const current = currentScope()
  if (current === undefined) return beginScope({ correlationId })
  return correlationId === undefined ? current : current.renamed(correlationId)
}

function checked(id: unknown): string | undefined {
  if (id === undefined || isCorrelationId(id)) return id
  const length = typeof id === 'string' ? id.length : 0
  reject({ header: 'correlation_id', length, reason: length > 128 ? 'too_long' : 'malformed' })
  return undefined
}
