import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBus } from '../../src/core/bus.ts'
import type { Bus } from '../../src/core/types.ts'
import {
  createOutbox,
  createSender,
  type Outbox,
  type OutboxItem,
  post,
  type SenderOptions,
} from '../../src/delivery/index.ts'
import { httpReceiver, readBody } from '../delivery/receiver.ts'
import type { Destination } from './destination.ts'
import { startFaultProxy } from './fault-proxy.ts'
import { createOracle } from './oracle.ts'

interface SpoolOptions {
  readonly seed: number
  /** Default: one of its own, removed at the end. */
  readonly directory?: string
  readonly sender?: Partial<Omit<SenderOptions<OutboxItem>, 'queue' | 'deliver'>>
}

/** A way out over an outbox. */
export interface Spool extends Destination {
  readonly outbox: Outbox
  readonly bus: Bus
}

/** Starts an outbox with a sender over `post`: an item is acknowledged when it is durable, or out before. */
export async function openSpool({ seed, directory, sender: pace }: SpoolOptions): Promise<Spool> {
  const bus = createBus()
  const oracle = createOracle(seed)
  const own = directory === undefined ? mkdtempSync(join(tmpdir(), 'sonde-spool-')) : undefined
  const receiver = await httpReceiver(async (request, response) => {
    const body = await readBody(request).catch(() => undefined)
    if (body === undefined) return
    oracle.receive(String(body))
    response.end()
  })
  const proxy = await startFaultProxy(receiver.port)
  const url = receiver.url.replace(String(receiver.port), String(proxy.port))
  const outbox = createOutbox({ bus, sink: 'chaos', directory: directory ?? own ?? '' })
  const deliver = ({ body }: OutboxItem, signal: AbortSignal) => post(url, body, { signal })
  const sender = createSender(bus, { ...pace, queue: outbox, deliver })

  return {
    outbox,
    bus,
    oracle,
    proxy,
    ledger: outbox.ledger,
    async send({ id, key, payload }) {
      const stored = await outbox.enqueue(Buffer.from(payload), { key, id: String(id) })
      if (stored !== 'memory') oracle.acknowledge(id)
    },
    async close() {
      sender.close()
      await proxy.close()
      await receiver.close()
      if (own !== undefined) rmSync(own, { recursive: true, force: true })
    },
  }
}
