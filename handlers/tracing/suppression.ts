import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, context, createContextKey, type HrTime, ROOT_CONTEXT, type Span } from '@opentelemetry/api'
import { shared } from './shared.ts'

/** The key of `suppressTracing` in `@opentelemetry/core`; keys of contexts are global symbols. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')
const PROBE = ROOT_CONTEXT.setValue(createContextKey('sonde'), true)

/** Whether nothing is to be traced here: it is an export of spans, which would otherwise make new ones for ever. */
export function isSuppressed(active: Context): boolean {
  return active.getValue(SUPPRESSED) === true || shared.exporting?.getStore() === true
}

/**
 * Whether contexts of OpenTelemetry are kept: without a context manager `context.with` runs its function and nothing else. Asked
 * until the answer is yes, for a manager may be registered after us.
 */
export function hasContextManager(active: Context): boolean {
  const { link } = shared
  if (link?.hasManager === true) return true
  const found = active !== ROOT_CONTEXT || context.with(PROBE, () => context.active() === PROBE)
  if (link !== undefined) link.hasManager = found
  return found
}

/**
 * Ends a span. The SDK suppresses tracing in what it exports, which takes a context manager; where there is none, what the end
 * causes, the timer of a batch too, is marked here.
 */
export function endSpan(span: Span, time: HrTime): void {
  if (shared.link?.hasManager === true || hasContextManager(context.active())) span.end(time)
  else runExporting(() => span.end(time))
}

/** Runs what may export. */
export function runExporting<T>(body: () => T): T {
  shared.exporting ??= new AsyncLocalStorage()
  return shared.exporting.run(true, body)
}
