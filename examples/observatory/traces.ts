import { type Bus, TelemetryError } from 'sonde'
import { readSpanEvent } from './span-event.ts'
import { listTraces, type TraceList } from './trace-list.ts'
import { createTraceStore, type TraceLimits } from './trace-store.ts'
import { layOut, rootOf, type Waterfall } from './waterfall.ts'

/** One trace with all its spans. */
export interface TraceDetail extends Waterfall {
  readonly id: string
  readonly correlationId: string
  /** Of its root. */
  readonly title: string
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly leftOut: number
}

export interface TracesAttachment {
  list(): TraceList
  /** Undefined when it is not kept, or not any more. */
  find(id: string): TraceDetail | undefined
  /** Takes in nothing more; what is kept stays readable. Safe to repeat. */
  detach(): void
  /** Resolves at once: a span is kept when its event comes. */
  flush(): Promise<void>
}

/** A few seconds of the service under load, and the slowest of a minute. */
const defaults: TraceLimits = { maxTraces: 500, maxSpans: 100, maxAgeMs: 60_000 }

/** Keeps the spans of all operations of a bus that is correlated, trace by trace and for as long as `limits` allow. */
export function attachTraces(bus: Bus, limits: Partial<TraceLimits> = {}): TracesAttachment {
  const store = createTraceStore(bus.clock, checkLimits({ ...defaults, ...limits }))

  const detach = bus.attach('traces', '**', (event, measurements, metadata) => {
    const told = readSpanEvent(event, measurements, metadata)
    if (told !== undefined) store.add(told)
  })

  return {
    list: () => listTraces(store, bus.clock.monotonicTime()),
    find(id) {
      const trace = store.find(id)
      if (trace === undefined) return undefined
      const { correlationId, since, spans, leftOut } = trace
      const title = rootOf(spans)?.title ?? ''
      return { id, correlationId, title, since, leftOut, ...layOut([...spans.values()], bus.clock.monotonicTime()) }
    },
    detach: () => void detach(),
    flush: async () => {},
  }
}

function checkLimits(limits: TraceLimits): TraceLimits {
  for (const [key, value] of Object.entries(limits)) {
    if (!(key in defaults)) throw new TelemetryError('invalid_option', `traces: there is no option '${key}'`)
    if (!(typeof value === 'number' && value > 0))
      throw new TelemetryError('invalid_option', `traces: '${key}' must be above 0, got ${value}`)
  }
  return limits
}
