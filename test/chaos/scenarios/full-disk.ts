import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bookProblems, sumOf } from '../destination.ts'
import { offer } from '../load.ts'
import { eventually, type Item } from '../oracle.ts'
import type { Scenario } from '../scenario.ts'
import { openSpool } from '../spool.ts'

const PER_SECOND = 200
const OUTAGE_MS = 20_000

/** Reference D13. */
export const scenario: Scenario = {
  about:
    'a disk of 1 MiB fills up while the receiver is away, then has room again: nothing is lost, items are durable again',
  async run({ seed, scale, random }) {
    const disk = mountSmallDisk()
    const pace = { random, capMs: 2_000, pauseMs: 1_000, concurrency: 8 }
    const spool = await openSpool({ seed, directory: join(disk.path, 'outbox'), sender: pace })
    const { oracle, outbox, proxy } = spool
    const stored: Record<string, number> = { disk: 0, memory: 0, settled: 0 }
    const send = async ({ id, key, payload }: Item) => {
      // An item in memory only is no promise that a crash would keep, but this process lives on.
      oracle.acknowledge(id)
      const where = await outbox.enqueue(Buffer.from(payload), { key, id: String(id) })
      stored[where] = (stored[where] ?? 0) + 1
    }
    const offerSome = () => offer(PER_SECOND, OUTAGE_MS * scale, () => void send(oracle.issue()))

    await proxy.refuse()
    await offerSome()
    const filler = join(disk.path, 'filler')
    fillUp(filler)
    await offerSome()
    const wasDegraded = outbox.stats().degraded
    rmSync(filler)
    await proxy.listen()
    const problems = await eventually(oracle, send, { limitMs: 30_000 })
    for (const deadline = Date.now() + 20_000; outbox.stats().degraded && Date.now() < deadline; ) await sleep(50)
    if (!wasDegraded) problems.push('the disk was never full')
    if (outbox.stats().degraded) problems.push('the disk has room and the outbox does not use it')
    problems.push(...bookProblems(spool))
    const sums = sumOf([spool])
    await spool.close()
    disk.unmount()
    return {
      load: `${PER_SECOND} items/s`,
      faults: [`receiver refused for ${(2 * OUTAGE_MS * scale) / 1_000} s`, 'ENOSPC on a tmpfs of 1 MiB'],
      ...sums,
      figures: stored,
      problems,
    }
  },
}

function fillUp(path: string): void {
  const page = Buffer.alloc(4_096)
  try {
    for (let pages = 0; pages < 300; pages++) writeFileSync(path, page, { flag: 'a' })
  } catch {
    // Full.
  }
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
