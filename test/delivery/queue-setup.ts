import { createBus } from '../../src/core/bus.ts'
import type { Bus } from '../../src/core/types.ts'
import { createQueue, type Queue, type QueueEntry } from '../../src/delivery/queue.ts'
import { type CapturedEvent, captureEvents } from '../../src/testing/capture-events.ts'
import { type ManualClock, manualClock } from '../../src/testing/manual-clock.ts'

export interface Bounds {
  readonly maxItems?: number
  readonly maxBytes?: number
  readonly maxAgeMs?: number
}

export interface QueueSetup {
  readonly clock: ManualClock
  readonly bus: Bus
  /** All `telemetry.sink.dropped`. */
  readonly events: readonly CapturedEvent[]
  readonly queue: Queue<string>
  takeAll(): QueueEntry<string>[]
  /** The reasons that have happened, with their counts. */
  dropped(): [string, number][]
}

/** A queue on a bus of its own with a clock that stands still. */
export function setupQueue(bounds: Bounds = {}): QueueSetup {
  const clock = manualClock()
  const bus = createBus({ clock })
  const { events } = captureEvents(bus, 'telemetry.sink.dropped')
  const queue = createQueue<string>({ bus, sink: 'webhook', ...bounds })
  const takeAll = () => {
    const taken: QueueEntry<string>[] = []
    for (let entry = queue.take(); entry !== undefined; entry = queue.take()) taken.push(entry)
    return taken
  }
  const dropped = () => Object.entries(queue.ledger.snapshot().dropped).filter(([, count]) => count > 0)
  return { clock, bus, events, queue, takeAll, dropped }
}
