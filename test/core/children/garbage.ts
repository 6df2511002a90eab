/** Memory, in a process that has `gc()`: what tests of growth measure with. */
import { setImmediate } from 'node:timers/promises'

/** Bytes on the heap when everything unreachable is gone. */
export async function settledHeap(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.()
    await setImmediate()
  }
  return process.memoryUsage().heapUsed
}

/** Collects garbage until `done()` or until 100 rounds have not brought it about. */
export async function collectUntil(done: () => boolean): Promise<boolean> {
  for (let i = 0; i < 100 && !done(); i++) {
    globalThis.gc?.()
    await setImmediate()
  }
  return done()
}
