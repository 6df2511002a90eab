import type { Cell } from './cell.ts'
import type { Runtime } from './runtime.ts'

/**
 * Counts what waits in all mailboxes, unless it is known. It is kept up with each message only while somebody listens to `actor.mailbox.depth`: that costs more than
 * the rest of a message.
 */
export function tallyMailboxes(runtime: Runtime): void {
  if (runtime.isTallied) return
  for (const tally of runtime.tallies.values()) tally.clear()
  for (const { depths, mailbox } of runtime.cells.values()) depths.add(mailbox.length)
  runtime.isTallied = true
}

/** The mailbox of an actor has changed by one message. */
export function mailboxChanged(runtime: Runtime, cell: Cell, before: number): void {
  const { telemetry } = runtime
  if (!telemetry.watchesDepth()) {
    runtime.isTallied = false
    return
  }
  if (runtime.isTallied) cell.depths.move(before, cell.mailbox.length)
  else tallyMailboxes(runtime)
  telemetry.depth(cell)
}

/** An actor that is not among the living any more, with what was in its mailbox. */
export function untally(runtime: Runtime, cell: Cell): void {
  cell.tally.active--
  if (runtime.isTallied) cell.depths.remove(cell.mailbox.length)
  else if (runtime.telemetry.watchesDepth()) tallyMailboxes(runtime)
}
