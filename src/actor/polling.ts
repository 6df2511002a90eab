import type { Cancel } from '../core/types.ts'
import { memoryOf } from './memory.ts'
import type { Runtime } from './runtime.ts'

const EVERY_MS = 5_000

/** Tells every five seconds what actors take, and of those that are watched; nothing is read while nobody listens. */
export function startPolling(runtime: Runtime, watched: readonly string[]): Cancel {
  const { bus, clock, names } = runtime
  const mailboxes = bus.event('actor.mailbox.memory')
  const memory = bus.event('actor.memory')
  const info = bus.event('actor.process.info')

  return clock.every(EVERY_MS, () => {
    if (mailboxes.enabled || memory.enabled) {
      const all = memoryOf(runtime, runtime.sizeOf)
      const totals = { mailbox: 0, all: 0 }
      for (const { mailboxBytes, bytes } of all) {
        totals.mailbox += mailboxBytes
        totals.all += bytes
      }
      for (const { type, mailboxBytes, bytes } of all) {
        mailboxes.execute({ bytes: mailboxBytes, total_bytes: totals.mailbox }, { type })
        memory.execute({ bytes, total_bytes: totals.all }, { type })
      }
    }
    if (!info.enabled) return
    for (const name of watched) {
      const cell = names.get(name)
      if (cell === undefined) continue
      info.execute({ mailbox_depth: cell.mailbox.length, messages: cell.handled }, { name, pid: cell.pid.toString() })
    }
  })
}
