import type { AmbientSpan, Context } from '../context.ts'
import { currentContext, scopeOf } from '../current.ts'
import { isCorrelationId, isSpanId, isTraceId } from '../ids.ts'
import type { Scope } from '../scope.ts'
import { shared } from '../shared.ts'
import { formatBaggage } from './baggage-header.ts'
import { formatSeedBaggage, formatSeedFlags } from './seed-headers.ts'
import { formatTraceparent } from './traceparent.ts'
import { parseTracestate } from './tracestate.ts'

/** What headers are put on: those of `fetch`, a Map, anything else with `set(name, value)`, or an object. */
export type HeaderCarrier = { set(name: string, value: string): unknown } | { [name: string]: unknown }

export interface InjectOptions {
  /** The operation that the receiver names as its parent, such as the span of a client. Default: the one under way. */
  readonly spanId?: string
  /** Adds `x-trace-id`, `x-span-id`, `x-trace-flags` and `x-trace-baggage`, for receivers that know no other. */
  readonly legacy?: boolean
}

type Header = readonly [name: string, value: string]

/**
 * Puts a context on headers that are about to be sent, and returns them: `fetch(url, { headers: inject() })`.
 *
 * Sets `traceparent`, `x-correlation-id` and, where there is any, `tracestate` and `baggage`, over what is there under these
 * names. Values are always legal header values. Never throws: without a context, or where headers cannot be set
 * any more, they come back as they are.
 */
export function inject(carrier?: undefined, context?: Context, options?: InjectOptions): Record<string, string>
export function inject<C extends HeaderCarrier>(carrier: C, context?: Context, options?: InjectOptions): C
export function inject(
  carrier: HeaderCarrier = {},
  context: Context | undefined = currentContext(),
  options: InjectOptions = {},
): HeaderCarrier {
  if (context === undefined) return carrier
  try {
    const set = setterOf(carrier)
    for (const [name, value] of headersOf(context, options)) set(name, value)
  } catch {
    // Headers that have been sent or are frozen: the request matters more than its ids.
  }
  return carrier
}

function headersOf(context: Context, { spanId, legacy = false }: InjectOptions): Header[] {
  // A context that was built by hand may hold anything.
  const scope = scopeOf(context)
  const { traceState, baggage, correlationId } = scope
  const { traceId, spanId: parentId, traceFlags } = parentOf(scope, spanId)
  const headers: Header[] = []
  if (isTraceId(traceId) && isSpanId(parentId)) {
    headers.push(['traceparent', formatTraceparent({ traceId, spanId: parentId, traceFlags })])
    if (traceState !== '') headers.push(['tracestate', parseTracestate(traceState).value])
    if (legacy) {
      headers.push(['x-trace-id', traceId], ['x-span-id', parentId], ['x-trace-flags', formatSeedFlags(traceFlags)])
    }
  }
  headers.push(['baggage', formatBaggage(baggage)])
  if (legacy) headers.push(['x-trace-baggage', formatSeedBaggage(baggage)])
  if (isCorrelationId(correlationId)) headers.push(['x-correlation-id', correlationId])
  return headers.filter(([, value]) => value !== '')
}

/** What the receiver names as its parent: with the ids under which a tracing system here knows it. */
function parentOf(scope: Scope, given: string | undefined): Pick<AmbientSpan, 'traceId' | 'spanId' | 'traceFlags'> {
  const own = isSpanId(given) ? given : undefined
  const { ambient } = shared
  const there = ambient === undefined ? undefined : own === undefined ? scope.ambient : ambient.spanOf?.(own)
  return there ?? { traceId: scope.traceId, spanId: own ?? scope.anchorId, traceFlags: scope.traceFlags }
}

function setterOf(carrier: HeaderCarrier): (name: string, value: string) => void {
  const { set } = carrier
  if (typeof set === 'function') return (name, value) => void Reflect.apply(set, carrier, [name, value])
  const keys = Object.keys(carrier)
  // Under the name it has there: two that differ in case would be sent as two.
  return (name, value) => void Reflect.set(carrier, keys.find((key) => key.toLowerCase() === name) ?? name, value)
}
