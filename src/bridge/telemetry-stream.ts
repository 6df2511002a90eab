import { pythonEvents } from '../catalog/python.ts'
import { isEventName } from '../core/names.ts'
import type { Bus } from '../core/types.ts'

/** Who an event is from. What the worker says of that itself is overwritten. */
export interface Identity {
  readonly pool: string
  readonly worker_id: string
  readonly os_pid: number
}

export interface TelemetryStream {
  /** Emits the events of a batch that have not come before. */
  take(items: unknown): void
}

const KNOWN: ReadonlySet<string> = new Set(pythonEvents.names)
const CUSTOM = 'python.custom.'

/**
 * What one worker emits, onto a bus. Names of the catalog and those under `python.custom.` are as they are, all others are put there, and counted by
 * `bridge.telemetry.unknown_event`. What a worker has dropped is told by `bridge.telemetry.dropped`.
 */
export function createTelemetryStream(bus: Bus, identity: Identity): TelemetryStream {
  const { pool, worker_id } = identity
  let lastSeq = 0
  let told: Readonly<Record<string, number>> = {}
  let received = 0

  function event(item: Readonly<Record<string, unknown>>, given: string): void {
    const name = KNOWN.has(given) || given.startsWith(CUSTOM) ? given : `${CUSTOM}${given}`
    if (name !== given) bus.execute('bridge.telemetry.unknown_event', { count: 1 }, { name: given, worker_id, pool })
    const metadata = { ...record(item['metadata']), ...idsOf(item['correlation'], name), ...identity }
    const about = name.endsWith('.exception') ? asException(metadata) : metadata
    // As segments: which name it is is known at run time only.
    bus.execute(name.split('.'), numbers(item['measurements']), about)
  }

  /** Totals since the worker began; told is what has been added. */
  function report(item: Readonly<Record<string, unknown>>): void {
    const now: Readonly<Record<string, number>> = {
      ...numbers(item['dropped']),
      sampled_out: numberOf(item['sampled_out']),
    }
    const total = numberOf(item['received'])
    const measurements = { received: Math.max(0, total - received), sampled_out: added(now, 'sampled_out') }
    for (const reason of Object.keys(now)) {
      const count = added(now, reason)
      if (count > 0) bus.execute('bridge.telemetry.dropped', { count, ...measurements }, { reason, worker_id, pool })
    }
    told = now
    received = total
  }

  function added(now: Readonly<Record<string, number>>, reason: string): number {
    return Math.max(0, (now[reason] ?? 0) - (told[reason] ?? 0))
  }

  return {
    take(items) {
      if (!Array.isArray(items)) return
      for (const one of items) {
        const item = record(one)
        const { event: name, seq } = item
        if (name === undefined) {
          report(item)
          continue
        }
        // Those of a batch that was cut off come again.
        if (!isEventName(name) || typeof seq !== 'number' || seq <= lastSeq) continue
        lastSeq = seq
        event(item, name)
      }
    },
  }
}

/** Python says it in its own words. */
function asException(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { traceback = '', ...others } = metadata
  const { error_type = '', error_message = '' } = others
  return { ...others, kind: 'throw', reason: `${String(error_type)}: ${String(error_message)}`, stacktrace: traceback }
}

/** A span has its own id already. */
function idsOf(correlation: unknown, name: string): Record<string, unknown> {
  if (!Array.isArray(correlation)) return {}
  const [correlation_id, trace_id, span_id]: readonly unknown[] = correlation
  const ids = { correlation_id, trace_id }
  return span_id === null || /\.(?:start|stop|exception)$/.test(name) ? ids : { ...ids, span_id }
}

function numbers(value: unknown): Record<string, number> {
  const entries = Object.entries(record(value))
  return Object.fromEntries(entries.flatMap(([key, one]) => (typeof one === 'number' ? [[key, one]] : [])))
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}
