import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bus } from '../../../src/core/types.ts'
import { type Disk, realDisk } from '../../../src/delivery/outbox/disk.ts'
import { openStateFile } from '../../../src/delivery/state-file/state-file.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'

/** A file of state that is damaged at the start, meets a full disk and gets room again. */
export async function drive(bus: Bus): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-catalog-'))
  writeFileSync(join(directory, 'state.json'), 'damaged')
  let full = true
  const disk: Disk = {
    ...realDisk,
    async create(...write) {
      if (full) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
      await realDisk.create(...write)
    },
  }
  const parse = (value: unknown) => value
  const file = openStateFile({ bus, sink: 'driver', directory, name: 'state', version: 1, parse, read: () => 1, disk })
  file.save()
  await file.flush()
  full = false
  await file.flush()
  file.close()
  removeDirectory(directory)
}
