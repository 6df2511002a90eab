import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createBus } from '../../../src/core/bus.ts'
import { createOutbox, createSender, type OutboxItem, post } from '../../../src/delivery/index.ts'
import { httpReceiver, readBody } from '../../delivery/receiver.ts'
import { startFaultProxy } from '../fault-proxy.ts'
import { offer } from '../load.ts'
import { createOracle, eventually, type Item } from '../oracle.ts'
import type { Scenario } from '../scenario.ts'

const PER_SECOND = 200
const OUTAGE_MS = 20_000

/** Reference D13. */
export const scenario: Scenario = {
  about:
    'a disk of 1 MiB fills up while the receiver is away, then has room again: nothing is lost, items are durable again',
  async run({ seed, scale, random }) {
    const oracle = createOracle(seed)
    const disk = mountSmallDisk()
    const bus = createBus()
    const said: string[] = []
    bus.attach('said', 'telemetry.outbox.*', (event) => void said.push(event.slice('telemetry.outbox.'.length)))
    const receiver = await httpReceiver(async (request, response) => {
      const body = await readBody(request).catch(() => undefined)
      if (body === undefined) return
      oracle.receive(String(body))
      response.end()
    })
    const proxy = await startFaultProxy(receiver.port)
    const url = receiver.url.replace(String(receiver.port), String(proxy.port))
    const outbox = createOutbox({ bus, sink: 'chaos', directory: join(disk.path, 'outbox') })
    const deliver = ({ body }: OutboxItem, signal: AbortSignal) => post(url, body, { signal })
    const sender = createSender(bus, { queue: outbox, deliver, random, capMs: 2_000, pauseMs: 1_000, concurrency: 8 })
    const stored: Record<string, number> = {}
    const send = ({ id, key, payload }: Item) => {
      // In memory only is no promise that a crash would keep, but this process lives on.
      oracle.acknowledge(id)
      void outbox.enqueue(Buffer.from(payload), { key, id: String(id) }).then((where) => {
        stored[where] = (stored[where] ?? 0) + 1
      })
    }

    await proxy.refuse()
    // Leaves 200 KiB, so that it is full when half of a short run is over.
    const filler = join(disk.path, 'filler')
    writeFileSync(filler, Buffer.alloc(824 * 1_024))
    const fill = Buffer.alloc(4_096)
    await offer(PER_SECOND, OUTAGE_MS * scale, () => send(oracle.issue()))
    try {
      for (let i = 0; i < 300; i++) writeFileSync(filler, fill, { flag: 'a' })
    } catch {
      // Now it is full whatever the load was.
    }
    await offer(PER_SECOND, OUTAGE_MS * scale, () => send(oracle.issue()))
    const wasDegraded = outbox.stats().degraded
    rmSync(filler)
    await proxy.listen()
    const problems = await eventually(oracle, send, { limitMs: 30_000 })
    for (const deadline = Date.now() + 20_000; outbox.stats().degraded && Date.now() < deadline; ) await sleep(50)
    if (!wasDegraded) problems.push('the disk was never full')
    if (outbox.stats().degraded) problems.push('the disk has room and the outbox does not use it')
    const last = await outbox.enqueue(Buffer.from(oracle.issue().payload))
    if (last === 'memory') problems.push('an item is not durable although there is room')
    outbox.ledger.assertConserved()
    const { accepted, delivered, dropped } = outbox.ledger.snapshot()
    sender.close()
    await proxy.close()
    await receiver.close()
    disk.unmount()
    return {
      load: `${PER_SECOND} items/s`,
      faults: [`receiver refused for ${(2 * OUTAGE_MS * scale) / 1_000} s`, 'ENOSPC on a tmpfs of 1 MiB'],
      accepted,
      delivered,
      dropped,
      duplicates: oracle.tally().duplicates,
      figures: { on_disk: stored['disk'] ?? 0, in_memory: stored['memory'] ?? 0, degraded: said.length },
      problems,
    }
  },
}

/** A file system of its own; needs the right to mount. */
function mountSmallDisk(): { readonly path: string; unmount(): void } {
  const path = mkdtempSync(join(tmpdir(), 'sonde-full-disk-'))
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`full-disk mounts a tmpfs, which needs root: ${stderr}`)
  return {
    path,
    unmount() {
      // Lazily: a write may be under way.
      spawnSync('umount', ['--lazy', path])
      rmSync(path, { recursive: true, force: true })
    },
  }
}
