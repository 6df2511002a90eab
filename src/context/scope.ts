import { newSpanId } from '../core/span-id.ts'
import type { Metadata, Span } from '../core/types.ts'
import { type AmbientSpan, type Baggage, type BaggageEntry, type Context, RANDOM, SAMPLED } from './context.ts'
import { newTraceId } from './ids.ts'
import { shared } from './shared.ts'

/** What is known of a trace when a scope begins; what is not known is made when somebody asks. */
export interface Origin {
  readonly correlationId?: string | undefined
  readonly traceId?: string | undefined
  /** The operation of the caller: the parent of what happens here. */
  readonly spanId?: string | undefined
  readonly traceFlags?: number | undefined
  readonly traceState?: string | undefined
  readonly baggage?: Baggage | undefined
}

const NO_BAGGAGE: Baggage = new Map<string, BaggageEntry>()

/** What the scopes of one trace share. A new id costs more than a scope does: it is drawn when somebody asks. */
class Trace {
  readonly flags: number
  readonly state: string
  private known: string | undefined
  private readonly given: string | undefined

  constructor(correlationId?: string, traceId?: string, flags: number = SAMPLED | RANDOM, state = '') {
    this.known = traceId
    this.given = correlationId
    this.flags = flags
    this.state = state
  }

  get id(): string {
    this.known ??= newTraceId()
    return this.known
  }

  /** One id to search for when nobody has given another. */
  get correlationId(): string {
    return this.given ?? this.id
  }
}

/** A `Context` in use: what the AsyncLocalStorage holds. Plain fields: one is made per scope and per span. */
export class Scope implements Context {
  readonly trace: Trace
  readonly spanId: string | undefined
  readonly parentSpanId: string | undefined
  /** The span whose body this is, for `setAttributes`. */
  readonly span: Span | undefined
  baggage: Baggage
  /** The span that was current with the other keeper of contexts when this scope was entered; see `Ambient`. */
  ambientId: string | undefined = undefined
  isRemote = false
  /** What is told as `ambient`, where that is not the caller. */
  standing: AmbientSpan | undefined = undefined
  private anchor: string | undefined = undefined

  constructor(trace: Trace, spanId?: string, parentSpanId?: string, span?: Span, baggage: Baggage = NO_BAGGAGE) {
    this.trace = trace
    this.spanId = spanId
    this.parentSpanId = parentSpanId
    this.span = span
    this.baggage = baggage
  }

  get correlationId(): string {
    return this.trace.correlationId
  }

  get traceId(): string {
    return this.trace.id
  }

  get traceFlags(): number {
    return this.standing?.traceFlags ?? this.trace.flags
  }

  get traceState(): string {
    return this.trace.state
  }

  get ambient(): AmbientSpan | undefined {
    if (this.standing === undefined && this.isRemote) this.standing = spanOfCaller(this)
    return this.standing
  }

  /** What receivers of this context name as their parent: the span, or where there is none an id that stands for the scope. */
  get anchorId(): string {
    if (this.spanId !== undefined) return this.spanId
    this.anchor ??= newSpanId()
    return this.anchor
  }

  /** The same place in the same trace, under another correlation id. */
  renamed(correlationId: string): Scope {
    const { id, flags, state } = this.trace
    const trace = new Trace(correlationId, id, flags, state)
    const scope = new Scope(trace, this.spanId, this.parentSpanId, this.span, this.baggage)
    scope.isRemote = this.isRemote
    scope.standing = this.standing
    return scope
  }

  /** The keys that an event gets here. */
  metadata(): Metadata {
    const { trace, spanId, parentSpanId } = this
    if (spanId === undefined) return { correlation_id: trace.correlationId, trace_id: trace.id }
    if (parentSpanId === undefined) return { correlation_id: trace.correlationId, trace_id: trace.id, span_id: spanId }
    return {
      correlation_id: trace.correlationId,
      trace_id: trace.id,
      span_id: spanId,
      parent_span_id: parentSpanId,
    }
  }
}

/** A scope at the beginning of a trace, or of the part of a trace that runs in this process. */
export function beginScope({ correlationId, traceId, spanId, traceFlags, traceState, baggage }: Origin): Scope {
  const scope = new Scope(
    new Trace(correlationId, traceId, traceFlags, traceState),
    spanId,
    undefined,
    undefined,
    baggage,
  )
  scope.isRemote = spanId !== undefined
  return scope
}

/** A scope within `outer`, in which `span` is the operation under way. */
export function scopeOfSpan(outer: Scope, span: Span): Scope {
  const scope = new Scope(outer.trace, span.id, outer.spanId, span, outer.baggage)
  if (shared.ambient !== undefined) scope.standing = outer.ambient
  return scope
}

function spanOfCaller({ traceId, spanId = '', traceFlags, traceState }: Scope): AmbientSpan {
  const ids = { traceId, spanId, traceFlags, isRemote: true }
  return traceState === '' ? ids : { ...ids, traceState: { serialize: () => traceState } }
}

/** The scope that a span of the other keeper of contexts stands for, within `outer`. */
export function scopeOfAmbient(outer: Scope | undefined, active: AmbientSpan): Scope {
  const { traceId, spanId, traceFlags } = active
  const trace =
    outer?.trace.id === traceId
      ? outer.trace
      : new Trace(outer?.correlationId, traceId, traceFlags, active.traceState?.serialize())
  const scope = new Scope(trace, spanId, undefined, undefined, outer?.baggage)
  scope.ambientId = spanId
  scope.standing = active
  return scope
}
