import type { ReceiveOptions } from './actor.ts'
import type { Cell } from './cell.ts'
import { takeMessage } from './messages.ts'
import type { Runtime } from './runtime.ts'

/**
 * The first message that matches, of those that wait and of those that will come; the others keep their order. While it waits the actor is busy:
 * nothing else is handled, and signals wait too. Of an actor that ends meanwhile the promise stays open.
 */
export function receive(
  runtime: Runtime,
  cell: Cell,
  matches: (message: unknown) => boolean,
  { timeoutMs }: ReceiveOptions,
): Promise<unknown> {
  const there = takeMessage(runtime, cell, (envelope) => matches(envelope.message))
  if (there !== undefined) return Promise.resolve(there.message)
  if (timeoutMs !== undefined && timeoutMs <= 0) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const cancel =
      timeoutMs === undefined
        ? () => {}
        : runtime.clock.after(timeoutMs, () => {
            if (cell.receiving !== pending) return
            cell.receiving = undefined
            resolve(undefined)
          })
    const pending = {
      matches,
      settle(envelope: { readonly message: unknown } | undefined) {
        cancel()
        resolve(envelope?.message)
      },
    }
    cell.receiving = pending
  })
}
