import type { Cancel, Clock } from '../../core/types.ts'
import { createDepartures } from './departures.ts'
import type { Disk } from './disk.ts'
import { encodeItem, encodeSettled, type ItemRecord, itemLength } from './record.ts'
import { createSegments, type Segment } from './segments.ts'

/**
 * What has become of an item by the time that it should be safe. `disk`: it survives the process. `memory`: the disk refuses it.
 * `settled`: delivered or dropped before it was written.
 */
export type Stored = 'disk' | 'memory' | 'settled'

/** What a journal needs. */
export interface JournalOptions {
  readonly clock: Clock
  readonly disk: Disk
  readonly directory: string
  /** A file that has reached this size is left for a new one. */
  readonly segmentBytes: number
  /** Number of the first file to write; none of that number or a higher one exists. */
  readonly firstSegment: number
  /** Called when the disk begins to refuse, with the code of the error, and when it takes everything again. */
  degraded(code: string): void
  restored(): void
}

/** The items of one outbox on disk. Nothing here throws. */
export interface Journal {
  /** Writes an item, with those that come at the same time. */
  append(item: ItemRecord): Promise<Stored>
  /** The item is delivered or dropped: after a restart it is not there any more. At most 10 ms late on disk. */
  settle(item: ItemRecord): void
  /** Calls `remove` as soon as all that is appended by now is durable or settled. */
  replace(remove: () => void): void
  /** Writes what is not on disk yet before it returns: for the end of the process. */
  writeSync(): void
  /** Ends it; what is not settled stays on disk. Leaves no timer. */
  close(): void
  /** Items that are in memory only. */
  readonly unwritten: number
  readonly bytesOnDisk: number
}

interface Kept {
  readonly item: ItemRecord
  segment: Segment<Kept> | undefined
  settled: boolean
  answer: ((stored: Stored) => void) | undefined
}

/** Settled items are written with the next items, or after this long. */
const SETTLE_MS = 10

/** The first wait for a disk that refuses; doubles up to the last. */
const RETRY_MS = 1_000
const LAST_RETRY_MS = 60_000

/** Files that may lie there for few items before the items are written anew and the files removed. */
const SPARE_SEGMENTS = 3

/** Makes a journal that begins a new file. A file in which a write has failed is left, so that a torn line is the last of its file. */
export function createJournal(options: JournalOptions): Journal {
  const { clock, disk, segmentBytes } = options
  const segments = createSegments<Kept>({ ...options, first: options.firstSegment })
  const kept = new Map<ItemRecord, Kept>()
  const unwritten = new Set<Kept>()
  /** Items leave `unwritten` when they are durable or settled. */
  const departures = createDepartures<Kept>()
  let settled: number[] = []
  let inFlight: { readonly batch: ReadonlySet<Kept>; readonly numbers: readonly number[] } | undefined
  let liveBytes = 0
  let planned = false
  let closed = false
  let retryMs = 0
  let cancelTimer: Cancel | undefined

  /** What goes into one write: whole items, up to about the size of a file. */
  const nextBatch = (): { batch: Set<Kept>; numbers: number[]; text: string } => {
    const batch = new Set<Kept>()
    const numbers = settled
    settled = []
    let text = numbers.length > 0 ? encodeSettled(numbers) : ''
    for (const one of unwritten) {
      if (text.length >= segmentBytes) break
      batch.add(one)
      text += encodeItem(one.item)
    }
    return { batch, numbers, text }
  }

  const commit = (batch: ReadonlySet<Kept>, segment: Segment<Kept>, length: number) => {
    segment.bytes += length
    for (const one of batch) {
      unwritten.delete(one)
      if (!one.settled) {
        one.segment?.live.delete(one)
        one.segment = segment
        segment.live.add(one)
      }
      answer(one, 'disk')
    }
    departures.gone(batch)
    segments.removeDead()
    compact()
  }

  /** A few items that nobody takes keep many files: they are written again, behind the others. */
  const compact = () => {
    if (segments.bytes <= 2 * liveBytes + SPARE_SEGMENTS * segmentBytes) return
    for (const one of segments.oldest()?.live ?? []) unwritten.add(one)
    plan()
  }

  const fail = (error: unknown) => {
    const isNew = retryMs === 0
    retryMs = Math.min(retryMs * 2 || RETRY_MS, LAST_RETRY_MS)
    segments.leave()
    for (const one of unwritten) {
      if (one.settled) unwritten.delete(one)
      answer(one, one.settled ? 'settled' : 'memory')
    }
    if (isNew) options.degraded(codeOf(error))
    wakeIn(retryMs)
  }

  const write = async () => {
    planned = false
    if (inFlight !== undefined || closed) return
    cancelTimer?.()
    cancelTimer = undefined
    while (!closed && (unwritten.size > 0 || settled.length > 0)) {
      const { batch, numbers, text } = nextBatch()
      const segment = segments.current()
      inFlight = { batch, numbers }
      const error = await attempt(disk.append(segment.path, text, batch.size > 0))
      inFlight = undefined
      if (closed) return
      if (error !== undefined) {
        settled = [...numbers, ...settled]
        return fail(error.thrown)
      }
      const wasDegraded = retryMs > 0
      retryMs = 0
      commit(batch, segment, text.length)
      if (wasDegraded) options.restored()
    }
  }

  const plan = () => {
    if (planned || inFlight !== undefined || closed || retryMs > 0) return
    planned = true
    queueMicrotask(() => void write())
  }

  const wakeIn = (ms: number) => {
    if (closed || cancelTimer !== undefined) return
    cancelTimer = clock.after(ms, () => {
      cancelTimer = undefined
      void write()
    })
  }

  const writeSync = () => {
    if (closed) return
    // Also what is being written: nobody knows how far that has come, and a number that is there twice counts once.
    if (inFlight !== undefined) {
      settled = [...inFlight.numbers, ...settled]
      segments.leave()
    }
    const batch = new Set([...unwritten].filter((one) => !one.settled))
    if (batch.size === 0 && settled.length === 0) return
    const items = [...batch].map(({ item }) => encodeItem(item)).join('')
    const text = (settled.length > 0 ? encodeSettled(settled) : '') + items
    const segment = segments.current()
    try {
      disk.appendSync(segment.path, text)
    } catch {
      for (const one of batch) answer(one, 'memory')
      return
    }
    settled = []
    commit(batch, segment, text.length)
  }

  return {
    append(item) {
      const one: Kept = { item, segment: undefined, settled: false, answer: undefined }
      if (closed) return Promise.resolve('memory')
      kept.set(item, one)
      unwritten.add(one)
      liveBytes += itemLength(item)
      if (retryMs > 0) return Promise.resolve('memory')
      plan()
      return new Promise((resolve) => {
        one.answer = resolve
      })
    },
    settle(item) {
      const one = kept.get(item)
      if (one === undefined) return
      kept.delete(item)
      liveBytes -= itemLength(item)
      one.settled = true
      one.segment?.live.delete(one)
      // Always: a record may be on its way, or in a file of an earlier run.
      settled.push(item.number)
      wakeIn(SETTLE_MS)
      if (inFlight?.batch.has(one) === true) return
      unwritten.delete(one)
      answer(one, 'settled')
      departures.gone([one])
    },
    replace: (remove) => departures.after(unwritten, remove),
    writeSync,
    close() {
      if (closed) return
      writeSync()
      closed = true
      cancelTimer?.()
      if (kept.size === 0) segments.removeAll()
    },
    get unwritten() {
      return unwritten.size
    },
    get bytesOnDisk() {
      return segments.bytes
    },
  }
}

function answer(one: Kept, stored: Stored): void {
  one.answer?.(stored)
  one.answer = undefined
}

/** Undefined when it succeeds. */
async function attempt(step: Promise<void>): Promise<{ readonly thrown: unknown } | undefined> {
  try {
    await step
    return undefined
  } catch (thrown) {
    return { thrown }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'error'
}
