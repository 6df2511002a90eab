import { randomUUID } from 'node:crypto'
import type { DropReason } from '../drop-report.ts'
import { onExit } from '../exit.ts'
import { createQueue, type Source } from '../queue.ts'
import { type DeadLetter, openDeadLetters } from './dead-letters.ts'
import { lockDirectory } from './directory-lock.ts'
import { createJournal, type Stored } from './journal.ts'
import { checkOutboxOptions, type OutboxOptions, openDirectory } from './options.ts'
import type { ItemRecord } from './record.ts'
import { recover } from './recover.ts'

/** What a sender is given to deliver. */
export interface OutboxItem {
  /** The same at every attempt and after a restart, so that a receiver can tell what it has seen. */
  readonly id: string
  readonly key: string | undefined
  /** What it counts for in the books. */
  readonly count: number
  readonly body: Uint8Array
}

/** How an item is put into an outbox. */
export interface OutboxEnqueueOptions {
  /** Items of one key are delivered in the order they came, one at a time, across restarts too. */
  readonly key?: string
  /** Default: a random UUID. */
  readonly id?: string
  /** See `EnqueueOptions`. Default 1. */
  readonly count?: number
}

/** Counts since the outbox was opened, and the present level of `unwritten` and `bytesOnDisk`. */
export interface OutboxStats {
  /** Items that an earlier run left. */
  readonly recovered: number
  /** Damaged records found at the start; they are in the ledger as `corrupt`. */
  readonly corrupt: number
  /** Records found half written: nobody was told that they are safe. */
  readonly torn: number
  /** Items in memory that the disk does not have (yet). */
  readonly unwritten: number
  readonly bytesOnDisk: number
  /** Whether the disk refuses to take anything. */
  readonly degraded: boolean
}

/** A bounded queue that survives its process. */
export interface Outbox extends Source<OutboxItem> {
  /**
   * Puts an item in; a sender may have it at once. Resolves when it is durable, or says why it is not: `memory` while the disk
   * refuses it, `settled` when it was delivered or dropped before. `body` is not copied.
   */
  enqueue(body: Uint8Array, options?: OutboxEnqueueOptions): Promise<Stored>
  /** The same before it returns, for the end of the process: it survives the process, not the loss of power. */
  enqueueSync(body: Uint8Array, options?: OutboxEnqueueOptions): void
  /** What was refused for good or became too old. */
  deadLetters(): DeadLetter[]
  stats(): OutboxStats
  /** Ends it: what is in it stays on disk for the next start. */
  close(): void
}

/** Both files of dead letters together take twice this, in bytes. */
const DEAD_LETTER_BYTES = 8 * 1_048_576

/**
 * Opens the outbox in a directory, with what an earlier run has left in it: at least once, however the process ends.
 *
 * Append-only files of lines with a CRC, written and synced in groups; damaged and half-written lines are counted and skipped, and never
 * keep it from starting. A disk that refuses makes it a queue in memory until it takes again: `telemetry.outbox.degraded` and `.restored`.
 * Bounds are those of `createQueue`; an item that is older than `maxAgeMs` or refused for good becomes a dead letter.
 * Throws `invalid_option` for a directory that cannot be used, and `directory_in_use` when another process has it.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { bus, sink, directory, segmentBytes, disk } = checkOutboxOptions(options)
  openDirectory('outbox', disk, directory)
  const unlock = lockDirectory(directory)
  const found = recover(disk, directory)
  const letters = openDeadLetters(disk, directory, DEAD_LETTER_BYTES)
  const journal = createJournal({
    clock: bus.clock,
    disk,
    directory,
    segmentBytes,
    firstSegment: found.nextSegment,
    degraded(reason) {
      degraded = true
      bus.execute('telemetry.outbox.degraded', { items: journal.unwritten }, { sink, reason })
    },
    restored() {
      degraded = false
      bus.execute('telemetry.outbox.restored', { items: queue.size }, { sink })
    },
  })
  const queue = createQueue<ItemRecord>(options, ({ item }, outcome, detail) => {
    if (outcome === 'permanent' || outcome === 'expired') bury(item, outcome, detail)
    journal.settle(item)
  })
  let number = found.nextNumber
  let degraded = false
  let closed = false

  const bury = ({ id, key, body }: ItemRecord, reason: DropReason, detail: string | undefined) => {
    const time = bus.clock.wallTime()
    letters.add({ id, ...(key !== undefined && { key }), time, reason, ...(detail !== undefined && { detail }), body })
  }
  const put = (item: ItemRecord, ageMs = 0): Promise<Stored> => {
    // Before the queue has it: a sender could settle it at once.
    const stored = journal.append(item)
    const { key, body, count } = item
    const accepted = queue.enqueue(item, { ...(key !== undefined && { key }), bytes: body.byteLength, ageMs, count })
    if (!accepted) journal.settle(item)
    return stored
  }
  const add = (body: Uint8Array, { key, id = randomUUID(), count = 1 }: OutboxEnqueueOptions): Promise<Stored> => {
    return put({ number: number++, time: Math.round(bus.clock.wallTime()), id, key, count, body })
  }

  const start = () => {
    // A clock that was set back makes nothing younger than new, and one that was set forward costs at most the age.
    for (const item of found.items) void put(item, Math.max(0, bus.clock.wallTime() - item.time))
    journal.replace(() => found.remove())
    queue.countLost('corrupt', found.corrupt)
    if (found.items.length + found.corrupt + found.torn === 0) return
    const measurements = { items: found.items.length, corrupt: found.corrupt, torn: found.torn }
    bus.execute('telemetry.outbox.recovered', measurements, { sink })
  }
  start()
  const cancelExit = onExit(() => outbox.close())

  const outbox: Outbox = {
    enqueue: (body, own = {}) => add(body, own),
    enqueueSync(body, own = {}) {
      void add(body, own)
      journal.writeSync()
    },
    deadLetters: () => letters.read(),
    stats: () => ({
      recovered: found.items.length,
      corrupt: found.corrupt,
      torn: found.torn,
      unwritten: journal.unwritten,
      bytesOnDisk: journal.bytesOnDisk,
      degraded,
    }),
    take: queue.take,
    deliver: queue.deliver,
    drop: queue.drop,
    postpone: queue.postpone,
    review: queue.review,
    settled: queue.settled,
    watch: queue.watch,
    countLost: queue.countLost,
    ledger: queue.ledger,
    get size() {
      return queue.size
    },
    get bytes() {
      return queue.bytes
    },
    close() {
      if (closed) return
      closed = true
      cancelExit()
      queue.release()
      journal.close()
      letters.writeSync()
      unlock()
    },
  }
  return outbox
}
