import type { Bus } from 'sonde'

/** In nanoseconds: at most one event per reason in this time. */
const INTERVAL_NS = 60e9

/** Emits `telemetry.sink.warning`. */
export type Warn = (reason: 'insecure' | 'partial_success', message: string) => void

/** Makes the warnings of one sink. What comes within a minute of the last event is counted, and told with the next one. */
export function createWarnings(bus: Bus, sink: string): Warn {
  const seen = new Map<string, { count: number; emittedAt: number }>()
  return (reason, message) => {
    const entry = seen.get(reason) ?? { count: 0, emittedAt: Number.NEGATIVE_INFINITY }
    seen.set(reason, entry)
    entry.count++
    const now = bus.clock.monotonicTime()
    if (now - entry.emittedAt < INTERVAL_NS) return
    const { count } = entry
    entry.count = 0
    entry.emittedAt = now
    bus.execute('telemetry.sink.warning', { count }, { sink, reason, message })
  }
}
