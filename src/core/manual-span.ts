import { ActiveSpan, type OperationPoints } from './active-span.ts'
import { TelemetryError } from './errors.ts'
import type { Measurements, Metadata, Span, SpanOptions } from './types.ts'

/** What a user holds of a span: when it is collected, the span behind it can still tell so. */
class ManualSpan implements Span {
  readonly id: string
  readonly #span: ActiveSpan

  constructor(span: ActiveSpan) {
    this.id = span.id
    this.#span = span
  }

  /** See `ActiveSpan`. */
  get place(): unknown {
    return this.#span.place
  }

  set(metadata: Metadata): this {
    this.#span.set(metadata)
    return this
  }

  measure(measurements: Measurements): this {
    this.#span.measure(measurements)
    return this
  }

  fail(reason: unknown): this {
    this.#span.fail(reason)
    return this
  }

  stop(measurements?: Measurements, metadata?: Metadata): void {
    this.#span.stop(measurements, metadata)
    forgotten.unregister(this.#span)
  }

  exception(error: unknown): void {
    this.#span.exception(error)
    forgotten.unregister(this.#span)
  }
}

const forgotten: FinalizationRegistry<ActiveSpan> = new FinalizationRegistry((span) => {
  span.abandon(abandoned(span.points.name, 'was garbage-collected before it ended'))
})

/** A span that its user ends. One that is forgotten, or outlives `deadlineMs`, ends itself as abandoned. */
export function startManualSpan(
  points: OperationPoints,
  metadata: Metadata | undefined,
  { deadlineMs, measurements }: SpanOptions,
): Span {
  const span = new ActiveSpan(points, metadata, measurements)
  if (deadlineMs !== undefined) {
    span.cancelDeadline = points.state.dispatcher.clock.after(deadlineMs, () => {
      span.abandon(abandoned(points.name, `has not ended within ${deadlineMs} ms`))
    })
  }
  const handle = new ManualSpan(span)
  forgotten.register(handle, span, span)
  return handle
}

function abandoned(name: string, how: string): TelemetryError {
  return new TelemetryError('span_abandoned', `a span of '${name}' ${how}`)
}
