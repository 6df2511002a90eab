import { context, trace } from '@opentelemetry/api'
import { currentContext, isTraceId, newSpanId, newTraceId } from 'sonde/context'
import { shared } from './shared.ts'

/** OpenTelemetry's `IdGenerator`. */
export interface IdGenerator {
  generateTraceId(): string
  generateSpanId(): string
}

/**
 * Gives spans the ids that events and logs have: `new TracerProvider({ idGenerator, … })`.
 *
 * A span that `attachTracing` starts gets the id of its operation; a trace that begins within a context of ours gets its trace id. All
 * other ids are random. Without it the SDK draws its own, and what differs is in the attributes `sonde.span_id` and `sonde.trace_id`.
 */
export const idGenerator: IdGenerator = {
  generateSpanId() {
    const { pending } = shared
    const id = pending?.spanId
    if (pending === undefined || id === undefined) return newSpanId()
    pending.spanId = undefined
    return id
  },

  generateTraceId() {
    const { pending } = shared
    if (pending !== undefined) return isTraceId(pending.traceId) ? pending.traceId : newTraceId()
    // Asked for although a span is current: somebody wants a trace apart from it.
    if (trace.getSpan(context.active()) !== undefined) return newTraceId()
    return currentContext()?.traceId ?? newTraceId()
  },
}
