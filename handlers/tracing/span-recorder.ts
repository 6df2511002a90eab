import { type Context, context, type HrTime, type Span, type Tracer } from '@opentelemetry/api'
import type { Clock, Measurements, Metadata } from 'sonde'
import { isSpanId, isTraceId } from 'sonde/context'
import type { SpanBooks } from './books.ts'
import { writeOutcome } from './outcome.ts'
import { parentContext } from './parents.ts'
import type { Phase } from './patterns.ts'
import { type Keeps, leftOut, sampledWithin } from './sampling.ts'
import { type OpenSpan, type SpanOwner, shared } from './shared.ts'
import type { SpanPlan } from './span-plan.ts'
import { later, timeIn, toHrTime } from './span-time.ts'
import { endSpan, isSuppressed } from './suppression.ts'

/** Operations that may be open at a time in a process. */
const MAX_OPEN = 10_000

/** What the recorder works with. */
export interface RecorderParts {
  readonly clock: Clock
  /** Undefined while there is no SDK. */
  readonly tracer: () => Tracer | undefined
  /** Undefined leaves the sampling to the SDK. */
  readonly keeps: Keeps | undefined
  readonly books: SpanBooks
}

/** One event of an operation. */
export interface SpanEvent {
  readonly plan: SpanPlan
  readonly phase: Phase
  /** `span_id` of the metadata, whatever it looks like. */
  readonly id: string
  readonly measurements: Measurements
  readonly metadata: Metadata
}

/** What an operation without a span is remembered as, so that its end is no surprise. */
const UNTRACED = { span: undefined, isTraced: false } as const

/** Turns the events of operations into spans of OpenTelemetry. */
export class SpanRecorder implements SpanOwner {
  readonly #parts: RecorderParts

  constructor(parts: RecorderParts) {
    this.#parts = parts
  }

  /** Spans of this recorder that are open. */
  get open(): number {
    return [...shared.open.values()].filter(({ owner, isTraced }) => owner === this && isTraced).length
  }

  take(event: SpanEvent): void {
    const tracer = this.#parts.tracer()
    if (tracer === undefined) return
    const active = context.active()
    if (event.phase === 'start') this.#start(event, tracer, active)
    else this.#end(event, tracer, active)
  }

  /** Ends a span before its operation has. */
  cutShort({ span, isTraced }: OpenSpan, reason: 'overflow' | 'shutdown'): void {
    if (!isTraced || span === undefined) return
    const { books, clock } = this.#parts
    try {
      span.setAttribute('sonde.incomplete', reason)
      endSpan(span, toHrTime(clock.wallTime()))
    } catch {
      // Counted below like the others.
    }
    books.drop(reason)
  }

  /** Ends all that is open. */
  close(): void {
    for (const [id, open] of shared.open) if (open.owner === this) forget(id, open, 'shutdown')
  }

  #start(event: SpanEvent, tracer: Tracer, active: Context): void {
    const { id, measurements, metadata } = event
    if (!isSpanId(id) || shared.open.has(id) || shared.ended.get(id) !== undefined) {
      this.#parts.books.refuse('invalid')
      return
    }
    if (shared.open.size >= MAX_OPEN) forgetOldest()
    const startedAt = toHrTime(timeIn(measurements, 'system_time') ?? this.#parts.clock.wallTime())
    const { span, isTraced } = isSuppressed(active) ? UNTRACED : this.#begin(event, tracer, active, startedAt)
    shared.open.set(id, { span, isTraced, startedAt, metadata, owner: this })
  }

  #begin(event: SpanEvent, tracer: Tracer, active: Context, startedAt: HrTime): Pick<OpenSpan, 'span' | 'isTraced'> {
    const within = parentContext(event.metadata, active)
    const traceId = traceIdOf(event.metadata)
    const { keeps } = this.#parts
    const out = keeps === undefined ? undefined : leftOut(within, keeps, event.id, traceId)
    if (out !== undefined) return { span: out, isTraced: false }
    const span = this.#startSpan(event, tracer, within, startedAt, traceId)
    return { span, isTraced: span !== undefined }
  }

  #end(event: SpanEvent, tracer: Tracer, active: Context): void {
    const { id, phase } = event
    const open = shared.open.get(id)
    if (open === undefined) {
      if (!isSuppressed(active)) this.#endUnseen(event, tracer, active)
      return
    }
    shared.open.delete(id)
    if (open.span === undefined) return
    if (open.isTraced) this.#finish(event, open.span, open)
    else if (phase === 'exception') this.#tellLate(event, tracer, active, open)
    shared.ended.remember(id, open.span)
  }

  /** The end of an operation whose start was not seen, or the second end of one. */
  #endUnseen(event: SpanEvent, tracer: Tracer, active: Context): void {
    const { id, phase } = event
    if (phase !== 'exception' || !isSpanId(id) || shared.ended.get(id) !== undefined) {
      this.#parts.books.refuse('invalid')
      return
    }
    const span = this.#tellLate(event, tracer, active, undefined)
    if (span !== undefined) shared.ended.remember(id, span)
  }

  /** Starts the span of an exception at its end: one that was left out, or whose start the bus had sampled out. */
  #tellLate(event: SpanEvent, tracer: Tracer, active: Context, open: OpenSpan | undefined): Span | undefined {
    const { measurements, metadata } = event
    const { clock, keeps } = this.#parts
    const duration = timeIn(measurements, 'duration') ?? 0
    const startedAt = open?.startedAt ?? later(toHrTime(clock.wallTime()), -duration)
    const within = parentContext(metadata, active)
    const traceId = open?.span?.spanContext().traceId ?? traceIdOf(metadata)
    const span = this.#startSpan(
      event,
      tracer,
      keeps === undefined ? within : sampledWithin(within),
      startedAt,
      traceId,
    )
    if (span !== undefined) this.#finish(event, span, { startedAt, metadata })
    return span
  }

  #startSpan(
    { plan, phase, id, measurements, metadata }: SpanEvent,
    tracer: Tracer,
    within: Context,
    startTime: HrTime,
    traceId: string | undefined,
  ): Span | undefined {
    const { books } = this.#parts
    const attributes = plan.attributesOf(phase, measurements, metadata)
    shared.pending = { spanId: id, traceId }
    try {
      const span = tracer.startSpan(plan.nameOf(metadata), { kind: plan.kind, startTime, attributes }, within)
      const ids = span.spanContext()
      if (ids.spanId !== id) span.setAttribute('sonde.span_id', id)
      if (traceId !== undefined && ids.traceId !== traceId) span.setAttribute('sonde.trace_id', traceId)
      books.accept()
      return span
    } catch {
      books.refuse('permanent')
      return undefined
    } finally {
      shared.pending = undefined
    }
  }

  #finish(
    event: SpanEvent,
    span: Span,
    { startedAt, metadata: before }: Pick<OpenSpan, 'startedAt' | 'metadata'>,
  ): void {
    const { plan, phase, measurements, metadata } = event
    const { books, clock } = this.#parts
    const duration = timeIn(measurements, 'duration')
    const time = duration === undefined ? toHrTime(clock.wallTime()) : later(startedAt, duration)
    try {
      if (span.isRecording()) {
        if (plan.isNamed) span.updateName(plan.nameOf(metadata))
        span.setAttributes(plan.attributesOf(phase, measurements, metadata, before))
        writeOutcome(span, phase, metadata, time)
      }
      endSpan(span, time)
      books.deliver()
    } catch {
      books.drop('permanent')
    }
  }
}

function traceIdOf({ trace_id }: Metadata): string | undefined {
  return isTraceId(trace_id) ? trace_id : undefined
}

function forgetOldest(): void {
  const [oldest] = shared.open
  if (oldest !== undefined) forget(...oldest, 'overflow')
}

function forget(id: string, open: OpenSpan, reason: 'overflow' | 'shutdown'): void {
  shared.open.delete(id)
  open.owner.cutShort(open, reason)
  if (open.span !== undefined) shared.ended.remember(id, open.span)
}
