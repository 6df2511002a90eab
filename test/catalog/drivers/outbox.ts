import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bus } from '../../../src/core/types.ts'
import { type Disk, realDisk } from '../../../src/delivery/outbox/disk.ts'
import { createOutbox } from '../../../src/delivery/outbox/outbox.ts'
import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'

export const clock: ManualClock = manualClock(1_700_000_000_000)

/** An outbox that meets a full disk, gets room again, is closed with an item in it and opened anew. */
export async function drive(bus: Bus): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-catalog-'))
  let full = true
  const disk: Disk = {
    ...realDisk,
    async append(...write) {
      if (full) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
      await realDisk.append(...write)
    },
  }
  const outbox = createOutbox({ bus, sink: 'driver', directory, disk })
  await outbox.enqueue(Buffer.from('item'))
  full = false
  clock.advance(1_000)
  while (outbox.stats().degraded) await new Promise(setImmediate)
  outbox.close()
  createOutbox({ bus, sink: 'driver', directory }).close()
  removeDirectory(directory)
}
