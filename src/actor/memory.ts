import type { Cell } from './cell.ts'
import type { MessageSize } from './message-size.ts'
import type { Runtime } from './runtime.ts'
import { tallyMailboxes } from './tally-mailboxes.ts'

/** Of an actor that does nothing, without what it keeps itself. Measured: `test/actor/footprint.test.ts`. */
export const ACTOR_BYTES = 512
/** Messages of a type that are looked at. */
const SAMPLE = 200

/** What the actors of one type take: an estimate. */
export interface TypeMemory {
  readonly type: string
  readonly mailboxBytes: number
  /** With the mailboxes. */
  readonly bytes: number
}

/** By type, whatever number of actors there are: some messages stand for all of their type. */
export function memoryOf(runtime: Runtime, sizeOf: MessageSize): TypeMemory[] {
  tallyMailboxes(runtime)
  const { cells, tallies } = runtime
  const samples = new Map<string, { count: number; bytes: number }>()
  const open = new Set([...tallies].filter(([, { depth }]) => depth > 0).map(([type]) => type))
  for (const cell of cells.values()) {
    if (open.size === 0) break
    if (cell.mailbox.length === 0 || !open.has(cell.type)) continue
    const sample = samples.get(cell.type) ?? { count: 0, bytes: 0 }
    samples.set(cell.type, sample)
    for (const { message } of cell.mailbox) {
      if (sample.count === SAMPLE) break
      sample.count++
      sample.bytes += safeSize(sizeOf, message)
    }
    if (sample.count === SAMPLE) open.delete(cell.type)
  }
  return [...tallies.values()].map(({ type, active, depth }) => {
    const { count, bytes } = samples.get(type) ?? { count: 1, bytes: 0 }
    const mailboxBytes = Math.round((depth * bytes) / count)
    return { type, mailboxBytes, bytes: active * ACTOR_BYTES + mailboxBytes }
  })
}

/** What the messages of one actor take. */
export function mailboxBytes({ mailbox }: Cell, sizeOf: MessageSize): number {
  let bytes = 0
  for (const { message } of mailbox) bytes += safeSize(sizeOf, message)
  return bytes
}

/** The function may be the user's. */
function safeSize(sizeOf: MessageSize, message: unknown): number {
  try {
    const size = sizeOf(message)
    return Number.isFinite(size) && size > 0 ? size : 0
  } catch {
    return 0
  }
}
