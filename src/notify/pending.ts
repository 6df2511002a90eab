import type { Bus } from '../core/types.ts'
import type { DeadLetter } from '../delivery/outbox/dead-letters.ts'
import type { Stored } from '../delivery/outbox/journal.ts'
import { createOutbox, type OutboxItem } from '../delivery/outbox/outbox.ts'
import type { Source } from '../delivery/queue.ts'
import { createQueue } from '../delivery/queue.ts'
import type { NotifierOptions } from './options.ts'

/** Where notifications wait: in an outbox, or in memory. */
export interface Pending extends Source<OutboxItem> {
  /** Resolves when it will survive the process; at once where nothing does. */
  put(body: Uint8Array, id: string, key: string): Promise<Stored>
  deadLetters(): readonly DeadLetter[]
}

/** Opens it. Throws what `createOutbox` and `createQueue` throw. */
export function openPending(bus: Bus, sink: string, { directory, maxItems, maxAgeMs }: NotifierOptions): Pending {
  const bounds = {
    bus,
    sink,
    ...(maxItems !== undefined && { maxItems }),
    ...(maxAgeMs !== undefined && { maxAgeMs }),
  }
  if (directory !== undefined) {
    const outbox = createOutbox({ ...bounds, directory })
    return Object.assign(outbox, {
      put: (body: Uint8Array, id: string, key: string) => outbox.enqueue(body, { id, key }),
    })
  }
  const queue = createQueue<OutboxItem>(bounds)
  return Object.assign(queue, {
    put(body: Uint8Array, id: string, key: string) {
      queue.enqueue({ id, key, count: 1, body }, { key, bytes: body.byteLength })
      return Promise.resolve<Stored>('memory')
    },
    deadLetters: () => [],
  })
}
