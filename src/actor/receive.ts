import type { ReceiveOptions } from './actor.ts'
import type { Cell, PendingReceive } from './cell.ts'
import { takeMatching } from './messages.ts'
import type { Runtime } from './runtime.ts'

/**
 * The first message that matches, of those that wait and of those that will come; the others keep their order. While it waits the actor is busy:
 * nothing else is handled, and signals wait too. Rejects with what `matches` throws. Of an actor that ends meanwhile the promise stays open.
 */
export function receive(
  runtime: Runtime,
  cell: Cell,
  matches: (message: unknown) => boolean,
  { timeoutMs }: ReceiveOptions,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const there = takeMatching(runtime, cell, matches)
    if (there !== undefined) return resolve(there.message)
    if (timeoutMs !== undefined && timeoutMs <= 0) return resolve(undefined)
    const giveUp = () => {
      if (cell.receiving !== pending) return
      cell.receiving = undefined
      resolve(undefined)
    }
    const cancel = timeoutMs === undefined ? () => {} : runtime.clock.after(timeoutMs, giveUp)
    const pending: PendingReceive = {
      matches,
      settle(message) {
        cancel()
        resolve(message)
      },
      fail(error) {
        cancel()
        reject(error)
      },
      cancel,
    }
    cell.receiving = pending
  })
}
