import type { Trace, TraceStore } from './trace-store.ts'
import { lengthOf, rootOf } from './waterfall.ts'

/** One trace in a list. */
export interface TraceRow {
  readonly id: string
  /** Of its root: `GET /archive`. */
  readonly title: string
  /** Of its root, in seconds; while that is open, so far. */
  readonly duration: number
  readonly isOpen: boolean
  readonly spans: number
  /** Spans that did not end well. */
  readonly failed: number
}

export interface TraceList {
  /** The latest first. */
  readonly newest: readonly TraceRow[]
  /** The slowest of each title, in an order that does not change while one reads it. */
  readonly slowest: readonly TraceRow[]
}

/** Of either list. */
const ROWS = 20

/** What is worth showing of a store; `now` in nanoseconds of its clock. */
export function listTraces(store: Pick<TraceStore, 'newest' | 'slowest'>, now: number): TraceList {
  const newest = store.newest()
  const slowest = new Map<string, { readonly trace: Trace; readonly length: number }>()
  for (const trace of [...newest, ...store.slowest()]) {
    const root = rootOf(trace.spans)
    if (root === undefined) continue
    const length = lengthOf(root, now)
    if (length > (slowest.get(root.title)?.length ?? -1)) slowest.set(root.title, { trace, length })
  }
  const most = [...slowest.values()].sort((a, b) => b.length - a.length).slice(0, ROWS)
  return {
    newest: newest.slice(0, ROWS).flatMap((trace) => rowOf(trace, now)),
    slowest: most.flatMap(({ trace }) => rowOf(trace, now)).sort((a, b) => a.title.localeCompare(b.title)),
  }
}

function rowOf({ id, spans }: Trace, now: number): TraceRow[] {
  const root = rootOf(spans)
  if (root === undefined) return []
  const failed = [...spans.values()].filter(({ outcome }) => outcome !== 'ok' && outcome !== 'open').length
  const { title, end } = root
  return [{ id, title, duration: lengthOf(root, now) / 1e9, isOpen: end === undefined, spans: spans.size, failed }]
}
