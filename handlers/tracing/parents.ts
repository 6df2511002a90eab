import {
  type Context,
  createTraceState,
  INVALID_SPANID,
  INVALID_TRACEID,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  trace,
} from '@opentelemetry/api'
import type { Metadata } from 'sonde'
import {
  type AmbientSpan,
  currentContext,
  isSpanId,
  isTraceId,
  type Context as OwnContext,
  SAMPLED,
} from 'sonde/context'
import { shared } from './shared.ts'

/** The ids of what is current in a context of OpenTelemetry; undefined when that is nothing, or a span without an SDK. */
export function idsIn(active: Context): SpanContext | undefined {
  if (active === ROOT_CONTEXT) return undefined
  const ids = trace.getSpan(active)?.spanContext()
  return ids === undefined || ids.traceId === INVALID_TRACEID || ids.spanId === INVALID_SPANID ? undefined : ids
}

/** The context of OpenTelemetry that a span begins in, by the ids of its event: where the handler runs, with its parent current. */
export function parentContext(metadata: Metadata, active: Context): Context {
  const parent = parentSpan(metadata, active)
  return parent === undefined || parent === trace.getSpan(active) ? active : trace.setSpan(active, parent)
}

function parentSpan({ parent_span_id: id, trace_id: traceId }: Metadata, active: Context): Span | undefined {
  if (typeof id !== 'string') return undefined
  const open = shared.open.get(id)?.span
  if (open !== undefined) return open
  const here = currentContext()
  if (here?.spanId === id) return spanFor(here, active)
  // Ids that came with the event: of a worker, or of whoever relays the events of others.
  if (!isSpanId(id) || !isTraceId(traceId)) return undefined
  return trace.wrapSpanContext({ traceId, spanId: id, traceFlags: SAMPLED, isRemote: true })
}

/** What stands in OpenTelemetry for the operation of a context of ours; undefined when that is what is `active` there, if anything. */
export function spanFor({ spanId, ambient }: OwnContext, active: Context): Span | undefined {
  const open = spanId === undefined ? undefined : shared.open.get(spanId)?.span
  if (open !== undefined || ambient === undefined) return open
  const ids = idsIn(active)
  if (ids?.spanId === ambient.spanId) return undefined
  // An instrumentation of OpenTelemetry has taken the request in: its span is within the caller's, and ours are within it.
  const isTakenIn = ambient.isRemote === true && ids?.traceId === ambient.traceId && ids.isRemote !== true
  return isTakenIn ? undefined : trace.wrapSpanContext(toSpanContext(ambient))
}

function toSpanContext({ traceId, spanId, traceFlags, traceState, isRemote = false }: AmbientSpan): SpanContext {
  const ids = { traceId, spanId, traceFlags, isRemote }
  return traceState === undefined ? ids : { ...ids, traceState: createTraceState(traceState.serialize()) }
}
