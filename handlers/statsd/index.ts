import type { Bus } from 'sonde'
import { flushOnExit, runInSlices } from 'sonde/delivery'
import type { MetricStore } from 'sonde/metrics'
import type { StatsdAttachment } from './attachment.ts'
import { dialects } from './dialects/dialects.ts'
import { createEncoder, type Encoded } from './encode.ts'
import { createLineNames } from './line-names.ts'
import { checkReceiver, checkTime, fail, openReceiver, type ReceiverOptions } from './options.ts'
import { createShipper } from './send/shipper.ts'
import { createTurns } from './send/turns.ts'

export type { StatsdAttachment, StatsdStatus } from './attachment.ts'
export type { DialectName } from './dialects/dialects.ts'
export { attachStatsdEvents, type StatsdEventsOptions } from './events.ts'
export type { ReceiverOptions } from './options.ts'

/** What to send, and where. */
export interface StatsdOptions extends ReceiverOptions {
  /** What is sent: `attachMetrics(bus, …).store`. */
  readonly store: Pick<MetricStore, 'definitions' | 'globalTags' | 'points' | 'deltas'>
  /**
   * How often gauges are sent that have not changed, for a receiver that was started anew or forgets them, in milliseconds.
   * Default 10,000, which is how often Etsy's daemon and Datadog's agent flush.
   */
  readonly resendMs?: number
  /** Handler id, when there are several on one bus. Default `statsd`. */
  readonly id?: string
}

/** Small beside a slice, large beside the cost of a step. */
const POINTS_PER_STEP = 50

/** Packets of one batch: a batch is what the store holds, which has a bound of its own. */
const NO_LIMIT = Number.POSITIVE_INFINITY

/**
 * Sends what was added to a metric store, every `flushMs`, to a StatsD receiver.
 *
 * Class of delivery: over UDP best effort, for nobody answers; a packet handed to the system counts as delivered. Over TCP and
 * Unix streams nothing is lost while the receiver is away: nothing is collected until the last batch is out, and the deltas add up
 * in the store. The same holds while a name does not resolve. Series that the store forgets meanwhile (`expireMs`) are gone with
 * what they held; what the system has taken when a connection breaks is lost, and a packet it breaks in may be counted twice.
 *
 * Counters and sums become `c`, lastValue `g`; gauges are sent when they change and every `resendMs`. A summary becomes gauges of
 * its rolling window (`.p50` to `.p999`, `.min`, `.max`, `.mean`) with `.count` and `.sum` as `c`. A distribution becomes timings
 * made from its buckets, half a bucket off at most (a bucket and 1 % in rank on plain StatsD), with the same two counters, which
 * are exact. Timings, windows and their sums are in milliseconds when the unit is a time. Series that would share a name are told
 * apart by the tag `collision`.
 *
 * What the store held before is in the first flush. Wrong options throw `invalid_option`.
 */
export function attachStatsd(bus: Bus, options: StatsdOptions): StatsdAttachment {
  checkReceiver(options)
  const { store, resendMs = 10_000, flushMs = 1_000, dialect = 'plain', prefix = '', id = 'statsd' } = options
  if (typeof store?.deltas !== 'function') fail("'store' must be a MetricStore: attachMetrics(bus, …).store")
  checkTime('resendMs', resendMs)
  const { clock } = bus
  const { transport, maxPacketBytes, room } = openReceiver(options, clock)
  const shipper = createShipper(bus, { transport, maxPacketBytes, maxPackets: NO_LIMIT })
  const names = createLineNames({ dialect: dialects[dialect], prefix, globalTags: store.globalTags, room })
  const encoder = createEncoder(dialects[dialect], names, resendMs)
  const deltas = store.deltas()
  let windowsAt = Number.NEGATIVE_INFINITY
  const turns = createTurns(run)

  // It reads a store and listens to no event. The row makes it seen in listHandlers() and lets bus.close() end it.
  const removeRow = bus.attach(id, 'telemetry.statsd', () => {}, undefined, { flush: turns.next, close: detach })
  const cancelTimer = clock.every(flushMs, () => {
    if (shipper.isDue()) turns.begin()
  })
  const leaveExit = flushOnExit(bus)

  function detach(): void {
    removeRow()
    cancelTimer()
    leaveExit()
    shipper.close()
  }

  /** Collects only when nothing is left of the last time. */
  async function run(): Promise<void> {
    if (!(await shipper.ship())) return
    await runInSlices(collect())
    shipper.seal()
    await shipper.ship()
  }

  /** Some points a step: tens of thousands of lines are not written in one turn of the event loop. */
  function* collect(): Generator<void, void> {
    const now = clock.monotonicTime()
    const withWindows = now >= windowsAt
    if (withWindows) windowsAt = now + resendMs * 1e6
    for (const definition of store.definitions) {
      const points = deltas.points(definition.name)
      for (let from = 0; from < points.length; from += POINTS_PER_STEP) {
        take(encoder.encode(definition, points.slice(from, from + POINTS_PER_STEP), now))
        yield
      }
      if (definition.type !== 'summary' || !withWindows) continue
      for (const point of store.points(definition.name)) {
        take(encoder.encodeWindow(definition, point, now))
        yield
      }
    }
  }

  function take({ lines, invalid }: Encoded): void {
    for (const { text, lines: count } of lines) shipper.add(text, Buffer.byteLength(text), count)
    if (invalid > 0) shipper.refuse(invalid)
  }

  return {
    detach,
    flush: turns.next,
    ledger: shipper.ledger,
    status: () => ({ ...shipper.status(), shortened: names.shortened }),
  }
}
