import { Buffer } from 'node:buffer'
import type { Bus } from 'sonde'
import {
  createExportTracker,
  createQueue,
  createSender,
  type DeliveryResult,
  type DropReason,
  flushOnExit,
  type Ledger,
  type PostResult,
  post,
  runInSlices,
  type SinkStatus,
} from 'sonde/delivery'
import { createEncoder } from '../encode.ts'
import { writeExposition } from '../exposition.ts'
import { groupTarget, type PushgatewayOptions } from './options.ts'

const SINK = 'pushgateway'

/** How long one push is tried, in milliseconds. What it was to show is not lost: the next one shows it. */
const PATIENCE_MS = 120_000

/** Beyond the time for the exchange, in milliseconds: registries are waited for. */
const RENDER_MS = 10_000

/** The attachment of `attachPushgateway`. */
export interface PushgatewayAttachment {
  /** Stops pushing and breaks off what is under way; the group stays. Safe to repeat. */
  detach(): void
  /** Pushes what the store holds now; resolves when that is delivered, refused, or given up after two minutes. */
  flush(): Promise<void>
  status(): SinkStatus
  /** Counts pushes. A push that is dropped is not lost state: the next one carries the totals. */
  readonly ledger: Ledger<DropReason>
}

/**
 * Pushes a metric store to a Pushgateway: now and then, at `flush()`, and a last time when the bus is closed.
 *
 * For jobs that end before they are scraped; a service is better scraped (https://prometheus.io/docs/practices/pushing/).
 * What waits is one wish to push: the text is written when it is sent, so a retry carries the newest state. Text 0.0.4
 * without timestamps. A push that is refused is `telemetry.sink.dropped` and not repeated before its time; each attempt is
 * `telemetry.sink.export`. Wrong options throw `invalid_option`.
 */
export function attachPushgateway(bus: Bus, options: PushgatewayOptions): PushgatewayAttachment {
  const { url, headers, timeoutMs } = groupTarget(options)
  const { store, registries = [], method = 'PUT', intervalMs = 15_000, deleteOnClose = false, id = SINK } = options
  const { clock } = bus
  const tracker = createExportTracker(bus, SINK)
  const drop = (reason: DropReason, count: number) =>
    bus.execute('telemetry.sink.dropped', { count }, { sink: SINK, reason })
  const parts = { encoder: createEncoder(store), registries, clock, drop, timestamps: 'omitted' } as const
  // One on its way and one that waits.
  const queue = createQueue<'push'>({ bus, sink: SINK, maxItems: 2, maxAgeMs: PATIENCE_MS })
  const underWay = new Set<Promise<PostResult>>()
  let isEnded = false

  const row = bus.attach(id, 'telemetry.prometheus', () => {}, undefined, { flush, close })
  const sender = createSender(bus, {
    queue,
    concurrency: 1,
    timeoutMs: timeoutMs + RENDER_MS,
    async deliver(_push, signal) {
      const attempt = push(signal)
      underWay.add(attempt)
      return attempt.finally(() => underWay.delete(attempt))
    },
  })
  const cancelTimer = intervalMs === Number.POSITIVE_INFINITY ? () => {} : clock.every(intervalMs, request)
  const leaveExit = flushOnExit(bus)

  /** One that waits already will carry the state of its own moment, which is later. */
  function request(): void {
    if (!isEnded && queue.size <= underWay.size) queue.enqueue('push', { key: 'push' })
  }

  async function push(signal: AbortSignal): Promise<PostResult> {
    const pieces = await writeExposition(parts, 'text', () => !signal.aborted)
    let points = 0
    await runInSlices(pieces.values(), (piece) => {
      points += countSamples(piece)
      return !signal.aborted
    })
    const body = Buffer.concat(pieces)
    return tracker.run({ points, bytes: body.length }, () =>
      post(url, body, { method, headers, timeoutMs, signal, clock }),
    )
  }

  async function flush(): Promise<void> {
    request()
    await sender.flush()
  }

  async function close(): Promise<void> {
    stop()
    // A push that arrives after the deletion would bring the group back.
    if (deleteOnClose) await Promise.allSettled(underWay)
    sender.close()
    if (deleteOnClose) await remove()
  }

  function remove(): Promise<DeliveryResult> {
    return tracker.run({ points: 0, bytes: 0 }, () => post(url, '', { method: 'DELETE', headers, timeoutMs, clock }))
  }

  function stop(): void {
    isEnded = true
    cancelTimer()
    leaveExit()
  }

  return {
    detach() {
      row()
      stop()
      sender.close()
    },
    flush,
    status: tracker.status,
    ledger: queue.ledger,
  }
}

/** Whole lines that are no comments. A line feed within a label value is escaped. */
function countSamples(text: Buffer): number {
  let samples = 0
  for (let start = 0; start < text.length; start = text.indexOf('\n', start) + 1) if (text[start] !== 0x23) samples++
  return samples
}
