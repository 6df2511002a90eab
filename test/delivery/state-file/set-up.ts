import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBus } from '../../../src/core/bus.ts'
import type { Bus } from '../../../src/core/types.ts'
import { type Disk, realDisk } from '../../../src/delivery/outbox/disk.ts'
import type { StateFileOptions } from '../../../src/delivery/state-file/options.ts'
import { openStateFile, type StateFile } from '../../../src/delivery/state-file/state-file.ts'
import { type CapturedEvent, captureEvents } from '../../../src/testing/capture-events.ts'
import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'

/** Where a write fails, and with which code. `open`: nothing is written, `half`: half of the text is. */
export interface Fault {
  readonly at: 'open' | 'half' | 'sync' | 'rename' | 'second rename' | 'directory'
  readonly code: string
}

/** The real disk with a switch. */
export interface FaultyDisk extends Disk {
  fault: Fault | undefined
  /** What `create` waits for before it begins. */
  hold: Promise<void> | undefined
  /** Files made, and what was done in which order. */
  readonly log: string[]
}

export interface StateSetup {
  readonly bus: Bus
  readonly clock: ManualClock
  readonly disk: FaultyDisk
  readonly directory: string
  /** What `read` gives. */
  state: { n: number }
  /** `telemetry.state.*` without the prefix, and what it says. */
  told(): string[]
  /** Opens the file; the one that was open is closed before. */
  open(options?: Partial<StateFileOptions<{ n: number }>>): StateFile<{ n: number }>
  /** Changes the state to `n` and lets it be written. */
  write(n: number): Promise<void>
  end(): void
}

/** A file of state in a directory of its own, on a clock that stands still. */
export function setupState(): StateSetup {
  const clock = manualClock(1_700_000_000_000)
  const bus = createBus({ clock })
  const events: readonly CapturedEvent[] = captureEvents(bus, 'telemetry.state.*').events
  const directory = mkdtempSync(join(tmpdir(), 'sonde-state-'))
  const disk = faultyDisk()
  let current: StateFile<{ n: number }> | undefined
  const setup: StateSetup = {
    bus,
    clock,
    disk,
    directory,
    state: { n: 0 },
    told: () =>
      events.map(({ event, metadata }) => {
        const { reason, used } = metadata
        return [event.slice('telemetry.state.'.length), reason, used].filter((word) => word !== undefined).join(' ')
      }),
    open(options = {}) {
      current?.close()
      const read = () => setup.state
      current = openStateFile({
        bus,
        sink: 'test',
        directory,
        name: 'state',
        version: 1,
        parse,
        read,
        disk,
        ...options,
      })
      return current
    },
    async write(n) {
      setup.state = { n }
      current?.save()
      await current?.flush()
    },
    end() {
      current?.close()
      removeDirectory(directory)
    },
  }
  return setup
}

export function parse(value: unknown): { n: number } | undefined {
  if (typeof value !== 'object' || value === null || !('n' in value)) return undefined
  return typeof value.n === 'number' ? { n: value.n } : undefined
}

function faultyDisk(): FaultyDisk {
  const check = (at: Fault['at']) => {
    if (disk.fault?.at === at) throw Object.assign(new Error(at), { code: disk.fault.code })
  }
  const disk: FaultyDisk = {
    ...realDisk,
    fault: undefined,
    hold: undefined,
    log: [],
    async create(path, text) {
      disk.log.push('create')
      await disk.hold
      check('open')
      if (disk.fault?.at === 'half') await realDisk.create(path, text.slice(0, text.length / 2))
      check('half')
      await realDisk.create(path, text)
      check('sync')
    },
    createSync(path, text) {
      disk.log.push('createSync')
      check('open')
      check('half')
      realDisk.createSync(path, text)
      check('sync')
    },
    rename(from, to) {
      disk.log.push('rename')
      check('rename')
      if (from.endsWith('.tmp')) check('second rename')
      realDisk.rename(from, to)
    },
    async syncDirectory(path) {
      disk.log.push('syncDirectory')
      check('directory')
      await realDisk.syncDirectory(path)
    },
  }
  return disk
}
