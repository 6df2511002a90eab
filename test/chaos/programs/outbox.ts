/**
 * A program with an outbox, to be killed: `outbox.ts DIRECTORY URL`. Puts in what its parent sends over IPC, says what is durable, and posts it
 * all to the URL.
 */
import { createBus } from '../../../src/core/bus.ts'
import { createOutbox, createSender, type OutboxItem, post } from '../../../src/delivery/index.ts'
import type { Item } from '../oracle.ts'

const [, , directory = '', url = ''] = process.argv
const bus = createBus()
const outbox = createOutbox({ bus, sink: 'chaos', directory })
const deliver = ({ body }: OutboxItem, signal: AbortSignal) => post(url, body, { signal })
createSender(bus, { queue: outbox, deliver })

process.on('message', async ({ id, key, payload }: Item) => {
  const stored = await outbox.enqueue(Buffer.from(payload), { key, id: String(id) })
  // What is delivered before it was written is safe too.
  if (stored !== 'memory') process.send?.(id)
})
process.send?.('ready')
