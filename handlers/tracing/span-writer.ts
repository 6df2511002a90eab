import type { Context, HrTime, Span, Tracer } from '@opentelemetry/api'
import type { Measurements, Metadata } from 'sonde'
import { isTraceId } from 'sonde/context'
import { writeOutcome } from './outcome.ts'
import type { Phase } from './patterns.ts'
import { shared } from './shared.ts'
import type { SpanPlan } from './span-plan.ts'
import { endSpan } from './suppression.ts'

/** One event of an operation. */
export interface SpanEvent {
  readonly plan: SpanPlan
  readonly phase: Phase
  /** `span_id` of the metadata, whatever it looks like. */
  readonly id: string
  readonly measurements: Measurements
  readonly metadata: Metadata
}

/** Where and when a span begins. */
export interface Beginning {
  readonly tracer: Tracer
  /** The context of OpenTelemetry in which its parent is current. */
  readonly within: Context
  readonly startTime: HrTime
  /** The trace that it is of in the events, if it has no parent; whatever the event says. */
  readonly traceId: unknown
}

/** Starts the span that an event tells of, with the ids that the event has as far as the SDK lets us. Throws what the tracer throws. */
export function beginSpan(event: SpanEvent, { tracer, within, startTime, traceId }: Beginning): Span {
  const { plan, phase, id, measurements, metadata } = event
  const attributes = plan.attributesOf(phase, measurements, metadata)
  shared.pending = { spanId: id, traceId }
  try {
    const span = tracer.startSpan(plan.nameOf(metadata), { kind: plan.kind, startTime, attributes }, within)
    const ids = span.spanContext()
    if (ids.spanId !== id) span.setAttribute('sonde.span_id', id)
    if (ids.traceId !== traceId && isTraceId(traceId)) span.setAttribute('sonde.trace_id', traceId)
    return span
  } finally {
    shared.pending = undefined
  }
}

/** Ends a span as the event tells; `before` is what its start told. Throws what the span throws. */
export function finishSpan(event: SpanEvent, span: Span, endTime: HrTime, before: Metadata): void {
  const { plan, phase, measurements, metadata } = event
  if (span.isRecording()) {
    if (plan.isNamed) span.updateName(plan.nameOf(metadata))
    span.setAttributes(plan.attributesOf(phase, measurements, metadata, before))
    writeOutcome(span, phase, metadata, endTime)
  }
  endSpan(span, endTime)
}
