import { ActiveSpan, type ExceptionKind, inertSpan, type OperationPoints } from './active-span.ts'
import { type Around, runInside } from './around.ts'
import type { SpanMetadata } from './event-types.ts'
import { followGenerator, generatorKind } from './follow-generator.ts'
import { startManualSpan } from './manual-span.ts'
import type { Point } from './point.ts'
import type { Operation, Span, SpanOptions } from './types.ts'

/** A pre-resolved operation: the three points of a name, and spans over them. */
export class PointOperation implements Operation {
  readonly name: string
  /** Nobody listens and no hook is installed: the one plain field that a span without listeners reads. */
  unused = false
  readonly #points: OperationPoints
  readonly #arounds: readonly Around[]

  constructor(points: OperationPoints, arounds: readonly Around[]) {
    this.name = points.name
    this.#points = points
    this.#arounds = arounds
  }

  /** Keeps `unused` up to date; the points are this operation's for good. */
  watch(points: readonly Point[]): this {
    const refresh = () => {
      this.unused = !this.enabled && this.#arounds.length === 0
    }
    for (const point of points) point.watcher = refresh
    refresh()
    return this
  }

  get enabled(): boolean {
    const { starts, stops, exceptions } = this.#points
    return starts.enabled || stops.enabled || exceptions.enabled
  }

  span<T>(metadata: SpanMetadata<string> | undefined, body: (span: Span) => T): T {
    if (this.unused) return body(inertSpan)
    return this.#spanWithin(metadata, body)
  }

  #spanWithin<T>(metadata: SpanMetadata<string> | undefined, body: (span: Span) => T): T {
    if (!this.enabled) return this.#arounds.length === 0 ? body(inertSpan) : runInside(this.#arounds, inertSpan, body)
    const span = new ActiveSpan(this.#points, metadata)
    let result: T
    try {
      result = this.#arounds.length === 0 ? body(span) : runInside(this.#arounds, span, body)
    } catch (error) {
      raiseOnce(span, error, 'throw')
      throw error
    }
    if (typeof result === 'object' && result !== null) return this.#follow(span, result)
    stopOnce(span)
    return result
  }

  start(metadata?: SpanMetadata<string>, options?: SpanOptions): Span {
    return this.enabled ? startManualSpan(this.#points, metadata, readOptions(options)) : inertSpan
  }

  /** Ends the span when what the body returned has come to its end. */
  #follow<T extends object>(span: ActiveSpan, result: T): T {
    const then = thenOf(result)
    if (then !== undefined) {
      try {
        // The derived promise, so that a rejection that nobody handles stays unhandled.
        // The cast: a thenable's `then` gives a thenable of the same value.
        return then.call(
          result,
          (value) => {
            stopOnce(span)
            return value
          },
          (reason) => {
            raiseOnce(span, reason, 'rejection')
            throw reason
          },
        ) as T
      } catch {
        // Not much of a promise: a value like any other.
        stopOnce(span)
        return result
      }
    }
    const kind = generatorKind(result)
    if (kind === undefined) {
      stopOnce(span)
      return result
    }
    return followGenerator(result, kind, {
      enter: (step) => (this.#arounds.length === 0 ? step() : runInside(this.#arounds, span, step)),
      stop: () => stopOnce(span),
      raise: (reason) => raiseOnce(span, reason, kind === 'sync' ? 'throw' : 'rejection'),
    })
  }
}

type Then = (this: unknown, onFulfilled: (value: unknown) => unknown, onRejected: (reason: unknown) => never) => unknown

function thenOf(result: object): Then | undefined {
  try {
    const then: unknown = 'then' in result ? result.then : undefined
    return typeof then === 'function' ? (then as Then) : undefined
  } catch {
    return undefined
  }
}

/** The options that make sense: a span must start all the same. */
function readOptions(options: SpanOptions | undefined): SpanOptions {
  try {
    const { deadlineMs, measurements } = options ?? {}
    const isDeadline = typeof deadlineMs === 'number' && Number.isFinite(deadlineMs) && deadlineMs >= 0
    return { ...(isDeadline && { deadlineMs }), ...(typeof measurements === 'object' && { measurements }) }
  } catch {
    return {}
  }
}

/** The body may have ended its span itself. */
function stopOnce(span: ActiveSpan): void {
  if (!span.ended) span.stop()
}

function raiseOnce(span: ActiveSpan, reason: unknown, kind: ExceptionKind): void {
  if (!span.ended) span.raise(reason, kind)
}
