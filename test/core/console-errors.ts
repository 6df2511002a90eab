export interface ConsoleErrors {
  /** The arguments of each `console.error` call. */
  readonly calls: (readonly unknown[])[]
  [Symbol.dispose](): void
}

/** Replaces `console.error` until disposed: use with `using`. */
export function captureConsoleErrors(): ConsoleErrors {
  const original = console.error
  const calls: (readonly unknown[])[] = []
  console.error = (...parts: readonly unknown[]) => {
    calls.push(parts)
  }
  return {
    calls,
    [Symbol.dispose]() {
      console.error = original
    },
  }
}
