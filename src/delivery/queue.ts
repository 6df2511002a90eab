import { TelemetryError } from '../core/errors.ts'
import { createDropReport, type DropReason, dropReasons } from './drop-report.ts'
import { createLanes } from './lanes.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { createMilestones } from './milestones.ts'
import { checkQueueOptions, type EnqueueOptions, type QueueOptions } from './queue-options.ts'

/** One item in a queue. */
export interface QueueEntry<T> {
  readonly item: T
  readonly key: string | undefined
  readonly bytes: number
  /** What it counts for in the books. */
  readonly count: number
  /** 1 for the first item accepted, and so on. */
  readonly sequence: number
  /** When it was accepted, in nanoseconds of the monotonic clock. */
  readonly acceptedAt: number
}

/** Where a sender takes its items from. For an entry that has left, `deliver`, `drop` and `postpone` do nothing. */
export interface Source<T> {
  /** The next item to deliver; it is on its way until `deliver`, `drop` or `postpone`. */
  take(): QueueEntry<T> | undefined
  /** `rejected`: how much of its count was refused although the rest was taken; that much is dropped, `permanent`. */
  deliver(entry: QueueEntry<T>, rejected?: number): void
  /** `detail`: a few words for people, where the source keeps what it drops. */
  drop(entry: QueueEntry<T>, reason: DropReason, detail?: string): void
  /** Back to the front of its key, for at least `waitMs`. Its age goes on. */
  postpone(entry: QueueEntry<T>, waitMs: number): void
  /** Drops what has become too old and returns when, on the monotonic clock, there is next something to take or to expire. */
  review(): { readonly takeAt: number | undefined; readonly expireAt: number | undefined }
  /** Resolves when everything accepted so far is delivered or dropped. */
  settled(): Promise<void>
  /** Ends it for good and leaves no timer. */
  close(): void
  /** Calls `listener` after each item accepted, within `enqueue`. There is one at most: a second throws `invalid_option`. */
  watch(listener: () => void): void
  /** Enters into the books what was lost before it came here. */
  countLost(reason: DropReason, count: number): void
  /** Items, what is on its way included. */
  readonly size: number
  readonly bytes: number
  readonly ledger: Ledger<DropReason>
}

/** A bounded queue in memory: what it has accepted is delivered or dropped with a reason, and counted. Nothing here throws. */
export interface Queue<T> extends Source<T> {
  /** False when the item itself was dropped: the queue is closed, or everything else in it is on its way. */
  enqueue(item: T, options?: EnqueueOptions): boolean
  /** Drops the rest, what is on its way included, and whatever comes later, with reason `shutdown`. Leaves no timer. */
  close(): void
  /** Like `close`, but what is in it stays in the books as in flight: for a queue whose items are on disk too. */
  release(): void
}

/** Told of every item that leaves a queue, and how. Must not throw. */
export type OnLeave<T> = (entry: QueueEntry<T>, outcome: 'delivered' | DropReason, detail: string | undefined) => void

/** Makes an empty queue. When it is full the oldest item that is not on its way is dropped: `overflow`. Wrong options throw `invalid_option`. */
export function createQueue<T>(options: QueueOptions, onLeave: OnLeave<T> = () => {}): Queue<T> {
  checkQueueOptions(options)
  const { bus, sink, maxItems = 10_000, maxBytes = 64 * 1_048_576, maxAgeMs = 86_400_000 } = options
  const entries = new Set<QueueEntry<T>>()
  const underWay = new Set<QueueEntry<T>>()
  const lanes = createLanes<QueueEntry<T>>()
  const ledger = createLedger(dropReasons, () => held)
  const report = createDropReport(bus, sink)
  const milestones = createMilestones()
  let bytes = 0
  let held = 0
  let sequence = 0
  let closed = false
  let listener: (() => void) | undefined

  const remove = (entry: QueueEntry<T>): boolean => {
    if (!entries.delete(entry)) return false
    underWay.delete(entry)
    lanes.remove(entry)
    bytes -= entry.bytes
    held -= entry.count
    const [oldest = { sequence: sequence + 1 }] = entries
    milestones.reach(oldest.sequence - 1)
    return true
  }
  const countDropped = (reason: DropReason, items: number) => {
    ledger.drop(reason, items)
    report.add(reason, items)
  }
  const drop = (entry: QueueEntry<T>, reason: DropReason, detail?: string) => {
    if (!remove(entry)) return
    onLeave(entry, reason, detail)
    countDropped(reason, entry.count)
  }
  const refuse = (reason: DropReason, items: number): boolean => {
    ledger.accept(items)
    countDropped(reason, items)
    return false
  }
  const oldestWaiting = (): QueueEntry<T> | undefined => {
    for (const entry of entries) if (!underWay.has(entry)) return entry
    return undefined
  }
  const fits = (others: ReadonlySet<QueueEntry<T>>, cost: number): boolean => {
    const taken = others === entries ? bytes : [...others].reduce((sum, other) => sum + other.bytes, 0)
    return others.size < maxItems && taken + cost <= maxBytes
  }
  const expiry = (entry: QueueEntry<T>) => entry.acceptedAt + maxAgeMs * 1e6
  const expire = (now: number): QueueEntry<T> | undefined => {
    let oldest = oldestWaiting()
    for (; oldest !== undefined && expiry(oldest) <= now; oldest = oldestWaiting()) drop(oldest, 'expired')
    return oldest
  }

  return {
    enqueue(item, { key, bytes: size = 0, ageMs = 0, count = 1 } = {}) {
      const now = bus.clock.monotonicTime()
      const cost = size > 0 ? size : 0
      expire(now)
      // Nothing is sacrificed for an item that would not fit even so.
      if (!fits(underWay, cost)) return refuse('overflow', count)
      for (let oldest = oldestWaiting(); oldest !== undefined && !fits(entries, cost); oldest = oldestWaiting()) {
        drop(oldest, 'overflow')
      }
      // Closed before, or by a handler of the events about those drops, which may also have taken what was to give way.
      if (closed || !fits(entries, cost)) return refuse(closed ? 'shutdown' : 'overflow', count)
      ledger.accept(count)
      const acceptedAt = now - Math.round(ageMs * 1e6)
      const entry = { item, key, bytes: cost, count, sequence: ++sequence, acceptedAt }
      entries.add(entry)
      lanes.add(entry)
      bytes += cost
      held += count
      listener?.()
      return true
    },
    take() {
      const now = bus.clock.monotonicTime()
      expire(now)
      const entry = lanes.take(now)
      if (entry !== undefined) underWay.add(entry)
      return entry
    },
    deliver(entry, rejected = 0) {
      if (!remove(entry)) return
      onLeave(entry, 'delivered', undefined)
      const refused = Math.min(Math.max(0, rejected), entry.count)
      ledger.deliver(entry.count - refused)
      countDropped('permanent', refused)
    },
    drop,
    postpone(entry, waitMs) {
      if (underWay.delete(entry)) lanes.postpone(entry, bus.clock.monotonicTime() + Math.ceil(waitMs * 1e6))
    },
    review() {
      const oldest = expire(bus.clock.monotonicTime())
      return { takeAt: lanes.nextAt(), expireAt: oldest && expiry(oldest) }
    },
    settled: () => milestones.wait(entries.size === 0 ? 0 : sequence),
    close() {
      closed = true
      const left = [...entries].filter(remove)
      for (const entry of left) onLeave(entry, 'shutdown', undefined)
      countDropped(
        'shutdown',
        left.reduce((sum, { count }) => sum + count, 0),
      )
      report.close()
    },
    release() {
      closed = true
      report.close()
    },
    countLost(reason, items) {
      ledger.accept(items)
      countDropped(reason, items)
    },
    watch(next) {
      if (listener !== undefined)
        throw new TelemetryError('invalid_option', 'queue: it has a sender; make another queue')
      listener = next
    },
    ledger,
    get size() {
      return entries.size
    },
    get bytes() {
      return bytes
    },
  }
}
