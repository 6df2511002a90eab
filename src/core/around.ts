import type { Span } from './types.ts'

/** Wraps a span body; see `Bus.around`. */
export type Around = <T>(span: Span, body: () => T) => T

/**
 * Runs `body` inside the hooks, the first hook outermost.
 *
 * A hook cannot break the body: it runs exactly once, and its own result or error is what the caller gets.
 */
export function runInside<T>(hooks: readonly Around[], span: Span, body: (span: Span) => T): T {
  let done: { readonly value: T } | { readonly error: unknown } | undefined
  const once = (): T => {
    if (done === undefined) {
      try {
        done = { value: body(span) }
      } catch (error) {
        done = { error }
      }
    }
    if ('error' in done) throw done.error
    return done.value
  }
  let inner: () => T = once
  for (const hook of [...hooks].reverse()) {
    const next = inner
    inner = () => hook(span, next)
  }
  try {
    inner()
  } catch {
    // The body's own error is thrown below; a hook's is not the caller's business.
  }
  return once()
}
