import { type Bus, type Detach, type Handler, isNeverSampled } from 'sonde'
import { flushOnExit } from 'sonde/delivery'
import { labelValue, type MetricDefinition, sampleWeight } from 'sonde/metrics'
import type { StatsdAttachment } from './attachment.ts'
import { dialects } from './dialects/dialects.ts'
import { createLineWriter } from './event-lines.ts'
import { createLineNames } from './line-names.ts'
import { checkReceiver, fail, openReceiver, type ReceiverOptions } from './options.ts'
import { createShipper } from './send/shipper.ts'
import { createTurns } from './send/turns.ts'

/** What to send for each event, and where. */
export interface StatsdEventsOptions extends ReceiverOptions {
  /** Made by `counter`, `sum`, `lastValue`, `summary` and `distribution` of `sonde/metrics`. */
  readonly metrics: readonly MetricDefinition[]
  /** On every line; a tag of the metric's own wins. */
  readonly globalTags?: { readonly [key: string]: unknown }
  /** The share of events whose counters and timings are sent, above 0 up to 1. Default 1. Never applies to failures. */
  readonly sampleRate?: number
  /** Numbers from 0 up to 1 for the sampling. Default `Math.random`. */
  readonly random?: () => number
  /** Full packets that may wait, default 1,000; the lines of one beyond are dropped and counted. */
  readonly maxPackets?: number
  /** Handler id, when there are several on one bus; each metric has a row `id.name`. Default `statsd_events`. */
  readonly id?: string
}

/**
 * Sends a line for every event, without a store: for receivers that must see each value, at the price of losing of a burst what the
 * receiver cannot follow. `attachStatsd` is what counts exactly.
 *
 * Packets go when they are full and every `flushMs`. Summaries and distributions are timings, counters and sums `c`, lastValue `g`.
 * Sampled lines carry `@rate`; a `sample_weight` of the event is multiplied into counters and is the rate of timings. (collectd
 * divides a timing by its rate: do not sample for it.) Names, tags, units and delivery are those of `attachStatsd`. Wrong options
 * throw `invalid_option`.
 */
export function attachStatsdEvents(bus: Bus, options: StatsdEventsOptions): StatsdAttachment {
  checkOptions(options)
  const { metrics, dialect: dialectName = 'plain', prefix = '', flushMs = 1_000, id = 'statsd_events' } = options
  const { sampleRate = 1, random = Math.random, maxPackets = 1_000 } = options
  const { transport, maxPacketBytes, room } = openReceiver(options, bus.clock)
  const shipper = createShipper(bus, { transport, maxPacketBytes, maxPackets, onPacket: plan })
  const dialect = dialects[dialectName]
  const globalTags = Object.fromEntries(
    Object.entries(options.globalTags ?? {}).map(([key, value]) => [key, labelValue(value)]),
  )
  const names = createLineNames({ dialect, prefix, globalTags, room })
  const turns = createTurns(run)
  let isPlanned = false

  const rows = attachAll(
    bus,
    metrics.map((definition) => [`${id}.${definition.name}`, definition.events, handlerOf(definition)]),
    { flush, close: async () => detach() },
  )
  const cancelTimer = bus.clock.every(flushMs, () => {
    shipper.seal()
    pump()
  })
  const leaveExit = flushOnExit(bus)

  function handlerOf(definition: MetricDefinition): Handler {
    const write = createLineWriter(definition, { dialect, names, globalTags, out: shipper })
    const isSampled = sampleRate < 1 && definition.type !== 'lastValue'
    return (event, measurements, metadata) => {
      const samples = isSampled && !isNeverSampled(event)
      if (samples && random() >= sampleRate) return
      try {
        write(measurements, metadata, sampleWeight(measurements['sample_weight']), samples ? sampleRate : 1)
      } catch {
        // A function of the definition, or a getter of the metadata. One metric must not cost the others their lines.
        shipper.refuse(1)
      }
    }
  }

  function detach(): void {
    for (const remove of rows) remove()
    cancelTimer()
    leaveExit()
    shipper.close()
  }

  /** A packet is full. Not sent in the stack of whoever emits. */
  function plan(): void {
    if (isPlanned) return
    isPlanned = true
    queueMicrotask(() => {
      isPlanned = false
      pump()
    })
  }

  function pump(): void {
    if (shipper.packets > 0 && shipper.isDue()) turns.begin()
  }

  async function run(): Promise<void> {
    while (shipper.packets > 0 && (await shipper.ship())) {
      // Until no packet has come meanwhile.
    }
  }

  async function flush(): Promise<void> {
    shipper.seal()
    await turns.next()
  }

  return {
    detach,
    flush,
    ledger: shipper.ledger,
    status: () => ({ ...shipper.status(), shortened: names.shortened }),
  }
}

type Row = readonly [id: string, patterns: readonly string[], handler: Handler]

/** All or, when one throws, none. The first has the functions that the bus calls. */
function attachAll(
  bus: Bus,
  rows: readonly Row[],
  options: { flush(): Promise<void>; close(): Promise<void> },
): Detach[] {
  const attached: Detach[] = []
  try {
    for (const [index, [id, patterns, handler]] of rows.entries())
      attached.push(bus.attachMany(id, patterns, handler, undefined, index === 0 ? options : {}))
    return attached
  } catch (error) {
    for (const detach of attached) detach()
    throw error
  }
}

function checkOptions(options: StatsdEventsOptions): void {
  checkReceiver(options)
  const { metrics, globalTags = {}, sampleRate = 1, maxPackets = 1_000, random = Math.random } = options
  if (!Array.isArray(metrics) || metrics.length === 0 || !metrics.every((metric) => Array.isArray(metric?.events)))
    fail("'metrics' must be a list of what counter(), sum(), lastValue(), summary() or distribution() made")
  if (typeof globalTags !== 'object' || globalTags === null) fail("'globalTags' must be an object")
  if (!(sampleRate > 0 && sampleRate <= 1)) fail("'sampleRate' must be above 0 and at most 1")
  if (!(Number.isInteger(maxPackets) && maxPackets >= 1)) fail("'maxPackets' must be a whole number from 1 on")
  if (typeof random !== 'function') fail("'random' must be a function")
}
