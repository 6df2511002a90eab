import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * `fn`, to run in the context of this call whenever and by whomever it is called: for queues, pools and listeners of event
 * emitters, which run in the context of whoever drains or emits. Carries every AsyncLocalStorage, OpenTelemetry's too.
 */
export function bindContext<F extends (this: never, ...args: never[]) => unknown>(fn: F): F {
  // The cast: the function that comes back takes and returns what `fn` does.
  return AsyncLocalStorage.bind(fn as () => unknown) as unknown as F
}

/** The context of this call as a function that runs others in it: `const run = snapshot(); run(() => currentContext())`. */
export function snapshot(): <R, A extends unknown[]>(fn: (...args: A) => R, ...args: A) => R {
  return AsyncLocalStorage.snapshot()
}
