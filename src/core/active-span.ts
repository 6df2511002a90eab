import { isAbort, stackOf } from './describe.ts'
import { type Dispatcher, weigh } from './dispatcher.ts'
import { collectEnrichment } from './enrich.ts'
import type { Point } from './point.ts'
import { drawWeight } from './rules.ts'
import { newSpanId } from './span-id.ts'
import type { Cancel, Measurements, Metadata, Span } from './types.ts'

/** What every span of a bus shares. */
export interface SpanState {
  readonly dispatcher: Dispatcher
  open: number
  doubleEnded: number
}

/** The three events of an operation. */
export interface OperationPoints {
  readonly state: SpanState
  readonly name: string
  readonly starts: Point
  readonly stops: Point
  readonly exceptions: Point
}

export type ExceptionKind = 'throw' | 'rejection' | 'abandoned'

/** A span that nobody listens to: every method does nothing. */
export const inertSpan: Span = Object.freeze<Span>({
  id: '',
  set: () => inertSpan,
  measure: () => inertSpan,
  fail: () => inertSpan,
  stop: () => {},
  exception: () => {},
})

/** A listened span: emits `start` when it is made, and one of `stop` and `exception` later. Plain fields: one is made per call. */
export class ActiveSpan implements Span {
  readonly id: string = newSpanId()
  readonly points: OperationPoints
  readonly startedAt: number
  /** 0: the span was sampled out, and only an exception is emitted. 1: no sampling. */
  weight = 1
  ended = false
  failed = false
  metadata: Metadata
  extra: Measurements | undefined = undefined
  cancelDeadline: Cancel | undefined = undefined

  constructor(points: OperationPoints, given: Metadata | null | undefined) {
    const { state, starts } = points
    const { clock } = state.dispatcher
    const parent = state.dispatcher.enrichers.length === 0 ? undefined : parentOf(state.dispatcher)
    this.points = points
    const ours = parent === undefined ? { span_id: this.id } : { span_id: this.id, parent_span_id: parent }
    this.metadata = this.#under(ours, given)
    state.open++
    if (starts.rate !== undefined) {
      this.weight = drawWeight(starts.rate)
      if (this.weight === 0) state.dispatcher.sampledOut++
    }
    const monotonic = clock.monotonicTime()
    this.startedAt = monotonic
    if (starts.enabled && this.weight !== 0) {
      const measurements = { monotonic_time: monotonic, system_time: clock.wallTime(monotonic) }
      starts.dispatchDecided(this.#weighed(measurements), this.metadata)
    }
  }

  set(metadata: Metadata): this {
    if (!this.ended) this.metadata = this.#under(this.metadata, metadata)
    return this
  }

  measure(measurements: Measurements): this {
    if (!this.ended) this.extra = this.#under(this.extra ?? {}, measurements)
    return this
  }

  fail(reason: unknown): this {
    this.failed = true
    return this.set({ error: reason })
  }

  stop(measurements?: Measurements, metadata?: Metadata): void {
    if (!this.#end()) return
    if (measurements !== undefined) this.extra = this.#under(this.extra ?? {}, measurements)
    if (metadata !== undefined) this.metadata = this.#under(this.metadata, metadata)
    const { stops } = this.points
    if (!stops.enabled || this.weight === 0) return
    const outcome = this.failed ? 'error' : 'ok'
    // `{ first, ...rest }` costs a seventh of `{ ...rest, last }`, so our keys stand first and are restored when overridden.
    const merged: { [key: string]: unknown } = { span_id: this.id, outcome, ...this.metadata }
    if (merged.outcome !== outcome) merged.outcome = outcome
    if (merged.span_id !== this.id) merged.span_id = this.id
    stops.dispatchDecided(this.#weighed(this.#timed()), merged)
  }

  exception(error: unknown): void {
    this.raise(error, 'throw')
  }

  /** Ends in `exception`. A span that is called off or forgotten says so in its outcome. */
  raise(reason: unknown, kind: ExceptionKind): void {
    if (!this.#end()) return
    const { exceptions } = this.points
    if (!exceptions.enabled) return
    const outcome = kind === 'abandoned' ? kind : isAbort(reason) ? 'aborted' : 'exception'
    exceptions.dispatchDecided(this.#timed(), {
      ...this.metadata,
      span_id: this.id,
      outcome,
      kind,
      reason,
      stacktrace: stackOf(reason),
    })
  }

  /** Ends a span that nobody will end any more. */
  abandon(reason: unknown): void {
    if (this.ended) return
    this.raise(reason, 'abandoned')
    const { dispatcher } = this.points.state
    const duration = dispatcher.clock.monotonicTime() - this.startedAt
    dispatcher.emit('telemetry.span.abandoned', { duration }, { event: this.points.name, span_id: this.id })
  }

  #end(): boolean {
    if (this.ended) {
      this.points.state.doubleEnded++
      return false
    }
    this.ended = true
    this.points.state.open--
    this.cancelDeadline?.()
    return true
  }

  /** `base` with the user's keys over it. What is not an object, or a proxy that cannot be copied, is counted and left out. */
  #under<T extends object>(base: T, given: object | null | undefined): T {
    if (given === undefined || given === null) return base
    try {
      if (typeof given === 'object') return { ...base, ...given }
    } catch {
      // Counted below: a getter of the user's threw.
    }
    this.points.state.dispatcher.invalid++
    return base
  }

  #timed(): Measurements {
    const monotonic = this.points.state.dispatcher.clock.monotonicTime()
    const duration = monotonic - this.startedAt
    if (this.extra === undefined) return { duration, monotonic_time: monotonic }
    return { ...this.extra, duration, monotonic_time: monotonic }
  }

  #weighed(measurements: Measurements): Measurements {
    return this.weight === 1 ? measurements : weigh(measurements, this.weight)
  }
}

/** The id of the span that an enricher says we are in. */
function parentOf(dispatcher: Dispatcher): string | undefined {
  const enclosing: unknown = collectEnrichment(dispatcher)?.span_id
  return typeof enclosing === 'string' ? enclosing : undefined
}
