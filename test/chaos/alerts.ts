import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBus } from 'sonde'
import { attachWebhook } from 'sonde/handlers/webhook'
import { httpReceiver, readBody } from '../delivery/receiver.ts'
import { fastClock } from '../harness/fast-clock.ts'
import type { Destination } from './destination.ts'
import { startFaultProxy } from './fault-proxy.ts'
import { createOracle } from './oracle.ts'

interface AlertsOptions {
  readonly seed: number
  readonly scale: number
  /** Whether notifications wait on disk. */
  readonly durable: boolean
}

/** Alerts that a webhook tells of: each item is an alert of its own, its key the group, its payload the message. */
export async function openAlerts({ seed, scale, durable }: AlertsOptions): Promise<Destination> {
  // Back-off and pauses are as long as the outage is.
  const bus = createBus({ clock: fastClock(1 / scale) })
  const oracle = createOracle(seed)
  const directory = durable ? mkdtempSync(join(tmpdir(), 'sonde-alerts-')) : undefined
  const receiver = await httpReceiver(async (request, response) => {
    const body = await readBody(request).catch(() => undefined)
    if (body === undefined) return
    for (const { annotations } of JSON.parse(String(body)).alerts) oracle.receive(annotations.summary)
    response.end()
  })
  const proxy = await startFaultProxy(receiver.port)
  const webhook = attachWebhook(bus, {
    url: `http://127.0.0.1:${proxy.port}/`,
    timeoutMs: 10_000 / scale,
    ...(directory !== undefined && { directory }),
  })
  const stored = new Map<string, () => void>()
  bus.attach('stored', 'telemetry.notification.stored', (_event, _measurements, { notification_id }) =>
    stored.get(notification_id)?.(),
  )

  return {
    oracle,
    proxy,
    ledger: webhook.ledger,
    async send({ id, key, payload }) {
      const notification_id = `n-${id}`
      const isStored = durable ? new Promise<void>((resolve) => stored.set(notification_id, resolve)) : undefined
      const name: string = 'telemetry.alert.firing'
      const metadata = { alert_id: `id-${id}`, rule: 'chaos', message: payload, group: key, notification_id }
      bus.execute(name, { value: 1, threshold: 1, occurrences: 1, suppressed: 0 }, metadata)
      await isStored
      stored.delete(notification_id)
      oracle.acknowledge(id)
    },
    async close() {
      await bus.close()
      await proxy.close()
      await receiver.close()
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
    },
  }
}
