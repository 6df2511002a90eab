/** Resolves in the next turn of the event loop, when every microtask queued so far has run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0)
  })
}
