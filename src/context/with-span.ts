import { telemetry } from '../core/default-bus.ts'
import type { Bus, Metadata, Span } from '../core/types.ts'
import { runInSpan } from './correlate.ts'
import { currentScope } from './current.ts'
import { withCorrelation } from './with-correlation.ts'

/** Whose span it is, and what is told at its start. */
export interface WithSpanOptions {
  /** Default: the bus of the process. */
  readonly bus?: Bus
  readonly metadata?: Metadata
}

/**
 * `bus.span` in a context of its own: begins a trace where there is none, and the span is current in `body` even on a bus
 * that is not correlated. Returns what `body` returns.
 */
export function withSpan<T>(name: string, body: (span: Span) => T, options: WithSpanOptions = {}): T {
  const { bus = telemetry, metadata } = options
  return withCorrelation(() => bus.span(name, metadata, (span) => runInSpan(span, () => body(span))))
}

/** Puts metadata on the end of the span that is current. False when there is none. */
export function setAttributes(attributes: Metadata): boolean {
  const span = currentScope()?.span
  span?.set(attributes)
  return span !== undefined
}
