import { setImmediate } from 'node:timers/promises'

/**
 * Runs a generator to its end and lets the event loop turn between two yields, so that others wait for one slice and not
 * for the whole. `take` is given what is yielded and stops the work by returning false; then a `Stopped` is thrown.
 */
export async function runInSlices<T, R>(work: Iterator<T, R>, take: (slice: T) => boolean = () => true): Promise<R> {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
    if (!take(value)) throw new Stopped()
    await setImmediate()
  }
}

/** Nobody waits for the work any more. */
export class Stopped extends Error {}
