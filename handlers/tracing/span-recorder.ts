import { type Context, context, type HrTime, type Span, type Tracer } from '@opentelemetry/api'
import type { Clock, Metadata } from 'sonde'
import { isSpanId } from 'sonde/context'
import type { SpanBooks } from './books.ts'
import { parentContext } from './parents.ts'
import { type Keeps, leftOut, sampledWithin } from './sampling.ts'
import { type OpenSpan, type SpanOwner, shared } from './shared.ts'
import { later, timeIn, toHrTime } from './span-time.ts'
import { type Beginning, beginSpan, finishSpan, type SpanEvent } from './span-writer.ts'
import { endSpan, isSuppressed } from './suppression.ts'

/** Operations that may be open at a time in a process. */
const MAX_OPEN = 10_000

/** What the recorder works with. */
export interface RecorderParts {
  readonly clock: Clock
  /** Undefined leaves the sampling to the SDK. */
  readonly keeps: Keeps | undefined
  readonly books: SpanBooks
}

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

  take(event: SpanEvent, tracer: Tracer): void {
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
    const { books, clock, keeps } = this.#parts
    if (!isSpanId(id) || shared.open.has(id)) {
      books.refuse('invalid')
      return
    }
    if (shared.open.size >= MAX_OPEN) forgetOldest()
    const startedAt = toHrTime(timeIn(measurements, 'system_time') ?? clock.wallTime())
    const open: OpenSpan = { span: undefined, isTraced: false, startedAt, metadata, owner: this }
    shared.open.set(id, open)
    if (isSuppressed(active)) return
    const within = parentContext(metadata, active)
    open.span = keeps === undefined ? undefined : leftOut(within, keeps, id, metadata['trace_id'])
    if (open.span !== undefined) return
    open.span = this.#begin(event, { tracer, within, startTime: startedAt, traceId: metadata['trace_id'] })
    open.isTraced = open.span !== undefined
  }

  #end(event: SpanEvent, tracer: Tracer, active: Context): void {
    const open = shared.open.get(event.id)
    if (open === undefined) {
      if (!isSuppressed(active)) this.#endUnseen(event, tracer, active)
      return
    }
    shared.open.delete(event.id)
    shared.lastEnded = event.id
    if (open.span === undefined) return
    if (open.isTraced) this.#finish(event, open.span, open.startedAt, open.metadata)
    else if (event.phase === 'exception') this.#endLeftOut(event, tracer, active, open)
  }

  /** An end without a start: an exception that the bus had sampled out, or one that was missed. */
  #endUnseen(event: SpanEvent, tracer: Tracer, active: Context): void {
    const { id, phase, measurements, metadata } = event
    if (phase !== 'exception' || !isSpanId(id) || id === shared.lastEnded) {
      this.#parts.books.refuse('invalid')
      return
    }
    const duration = timeIn(measurements, 'duration') ?? 0
    const startTime = later(toHrTime(this.#parts.clock.wallTime()), -duration)
    this.#tellLate(event, { tracer, within: parentContext(metadata, active), startTime, traceId: metadata['trace_id'] })
  }

  /** The exception of an operation that was left out. */
  #endLeftOut(event: SpanEvent, tracer: Tracer, active: Context, { span, startedAt }: OpenSpan): void {
    const within = parentContext(event.metadata, active)
    this.#tellLate(event, { tracer, within, startTime: startedAt, traceId: span?.spanContext().traceId })
  }

  /** Starts a span at its end. */
  #tellLate(event: SpanEvent, beginning: Beginning): void {
    const { within, startTime } = beginning
    const { parent_span_id } = event.metadata
    const sampled = this.#parts.keeps === undefined ? within : sampledWithin(within, parent_span_id)
    const span = this.#begin(event, { ...beginning, within: sampled })
    if (span !== undefined) this.#finish(event, span, startTime, event.metadata)
  }

  #begin(event: SpanEvent, beginning: Beginning): Span | undefined {
    const { books } = this.#parts
    try {
      const span = beginSpan(event, beginning)
      books.accept()
      return span
    } catch {
      books.refuse('permanent')
      return undefined
    }
  }

  #finish(event: SpanEvent, span: Span, startedAt: HrTime, before: Metadata): void {
    const { books, clock } = this.#parts
    const duration = timeIn(event.measurements, 'duration')
    try {
      finishSpan(event, span, duration === undefined ? toHrTime(clock.wallTime()) : later(startedAt, duration), before)
      books.deliver()
    } catch {
      books.drop('permanent')
    }
  }
}

function forgetOldest(): void {
  const [oldest] = shared.open
  if (oldest !== undefined) forget(...oldest, 'overflow')
}

function forget(id: string, open: OpenSpan, reason: 'overflow' | 'shutdown'): void {
  shared.open.delete(id)
  open.owner.cutShort(open, reason)
}
