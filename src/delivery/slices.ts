import { setImmediate } from 'node:timers/promises'

/**
 * How long one slice may take, in milliseconds. Shorter ones would be no kinder and make the work late where others take
 * long turns too: a scrape has to be there within its time-out.
 */
const SLICE_MS = 2

/**
 * Runs a generator to its end and lets the event loop turn now and then between two yields, so that others wait for one
 * slice and not for the whole. `take` is given what is yielded and stops the work by returning false; then a `Stopped` is
 * thrown.
 */
export async function runInSlices<T, R>(work: Iterator<T, R>, take: (slice: T) => boolean = () => true): Promise<R> {
  // Not the clock of the bus: this is about the processor, also where a test moves the time by hand.
  let end = performance.now() + SLICE_MS
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
    if (!take(value)) throw new Stopped()
    if (performance.now() < end) continue
    await setImmediate()
    end = performance.now() + SLICE_MS
  }
}

/** Nobody waits for the work any more. */
export class Stopped extends Error {}
