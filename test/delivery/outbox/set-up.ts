import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBus } from '../../../src/core/bus.ts'
import type { Bus } from '../../../src/core/types.ts'
import { type Disk, realDisk } from '../../../src/delivery/outbox/disk.ts'
import type { OutboxOptions } from '../../../src/delivery/outbox/options.ts'
import { createOutbox, type Outbox } from '../../../src/delivery/outbox/outbox.ts'
import { type CapturedEvent, captureEvents } from '../../../src/testing/capture-events.ts'
import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'

/** The real disk with a switch that makes every write fail after half of it is written. */
export interface FaultyDisk extends Disk {
  /** The code of the error, while it fails. */
  fault: string | undefined
  /** What `append` waits for before it writes. */
  hold: Promise<void> | undefined
  /** Times that `append` was durable. */
  syncs: number
  /** Calls of `append` that are under way. */
  running: number
}

export interface OutboxSetup {
  readonly bus: Bus
  readonly clock: ManualClock
  readonly disk: FaultyDisk
  readonly directory: string
  readonly events: readonly CapturedEvent[]
  /** Opens the outbox of the directory; the one that was open is closed before. */
  open(options?: Partial<OutboxOptions>): Outbox
  /** Leaves the outbox as SIGKILL would: what is on disk is all there is. Only its lock is given back. */
  crash(): void
  /** Lets the outbox write what it has put off, and waits for the disk. */
  written(): Promise<void>
  /** The files of records. */
  files(): string[]
  end(): Promise<void>
}

/** Outboxes in a directory of their own, on a clock that stands still. */
export function setupOutbox(): OutboxSetup {
  const clock = manualClock(1_700_000_000_000)
  const bus = createBus({ clock })
  const { events } = captureEvents(bus, 'telemetry.**')
  const directory = mkdtempSync(join(tmpdir(), 'sonde-outbox-'))
  const disk = faultyDisk()
  let current: Outbox | undefined
  return {
    bus,
    clock,
    disk,
    directory,
    events,
    open(options = {}) {
      current?.close()
      current = createOutbox({ bus, sink: 'test', directory, disk, ...options })
      return current
    },
    crash() {
      // An outbox that is forgotten still holds its lock and its place in the exit hook; both go with a disk that takes nothing.
      const before = disk.fault
      disk.fault = 'EIO'
      const { remove } = disk
      disk.remove = () => {}
      current?.close()
      disk.remove = remove
      disk.fault = before
      current = undefined
    },
    async written() {
      clock.advance(10)
      do await new Promise(setImmediate)
      while (disk.running > 0)
    },
    files: () => readdirSync(directory).filter((name) => name.endsWith('.log')),
    async end() {
      current?.close()
      while (disk.running > 0) await new Promise(setImmediate)
      removeDirectory(directory)
    },
  }
}

/** All items that are there to take, as text. */
export function takeAll(outbox: Outbox): string[] {
  const taken: string[] = []
  for (let entry = outbox.take(); entry !== undefined; entry = outbox.take()) {
    taken.push(Buffer.from(entry.item.body).toString())
  }
  return taken
}

/** Delivers everything that is there. */
export function deliverAll(outbox: Outbox): void {
  for (let entry = outbox.take(); entry !== undefined; entry = outbox.take()) outbox.deliver(entry)
}

function faultyDisk(): FaultyDisk {
  const fail = (code: string) => Object.assign(new Error(code), { code })
  const disk: FaultyDisk = {
    ...realDisk,
    fault: undefined,
    hold: undefined,
    syncs: 0,
    running: 0,
    async append(path, text, durable) {
      disk.running++
      try {
        await disk.hold
        const code = disk.fault
        if (code === 'ENOSPC') await realDisk.append(path, text.slice(0, text.length / 2), false)
        if (code !== undefined) throw fail(code)
        await realDisk.append(path, text, durable)
        if (durable) disk.syncs++
      } finally {
        disk.running--
      }
    },
    appendSync(path, text) {
      if (disk.fault !== undefined) throw fail(disk.fault)
      realDisk.appendSync(path, text)
    },
  }
  return disk
}
