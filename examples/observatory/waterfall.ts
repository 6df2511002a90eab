import type { Outcome, TracedSpan } from './span-event.ts'

/** A span as it is drawn: one line, `depth` steps in, with a bar on the scale of its trace. */
export interface Bar {
  readonly id: string
  readonly parentId: string | undefined
  readonly name: string
  readonly detail: string
  readonly outcome: Outcome
  readonly problem: string
  readonly depth: number
  /** Where the bar begins, and how much of the whole it takes: 0 to 1, together never more than 1. */
  readonly offset: number
  readonly width: number
  /** In seconds; of a span that is open, so far. */
  readonly duration: number
}

/** All spans of a trace on one scale. */
export interface Waterfall {
  /** From the first start to the last end, in seconds. */
  readonly duration: number
  readonly bars: readonly Bar[]
}

/** Of the whole: what was short can still be seen. */
export const MIN_WIDTH = 0.004

/** Draws spans: each behind its parent, siblings in the order of their starts. Those that are open have come to `now`, in ns. */
export function layOut(spans: readonly TracedSpan[], now: number): Waterfall {
  const begin = spans.reduce((least, { start }) => Math.min(least, start), Number.MAX_SAFE_INTEGER)
  const end = spans.reduce((most, span) => Math.max(most, span.start + lengthOf(span, now)), 0)
  const total = Math.max(end - begin, 1)

  const bars = inOrder(spans).map(({ span, depth }): Bar => {
    const { id, parentId, name, detail, outcome, problem, start } = span
    const length = lengthOf(span, now)
    const width = Math.max(length / total, MIN_WIDTH)
    const offset = Math.min((start - begin) / total, 1 - width)
    return { id, parentId, name, detail, outcome, problem, depth, offset, width, duration: length / 1e9 }
  })
  return { duration: total / 1e9, bars }
}

/** The span that all others are in: the first to begin of those whose parent is not here. */
export function rootOf(spans: ReadonlyMap<string, TracedSpan>): TracedSpan | undefined {
  let root: TracedSpan | undefined
  for (const span of spans.values()) {
    const isRoot = span.parentId === undefined || !spans.has(span.parentId)
    if (isRoot && (root === undefined || span.start < root.start)) root = span
  }
  return root ?? spans.values().next().value
}

/** Nanoseconds from start to end. An end before the start is not one. */
export function lengthOf({ start, end }: TracedSpan, now: number): number {
  return Math.max((end ?? now) - start, 0)
}

interface Placed {
  readonly span: TracedSpan
  readonly depth: number
}

/** Every span once. Those whose parent is missing are roots; so is the first of a ring of parents. */
function inOrder(spans: readonly TracedSpan[]): Placed[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start)
  const ids = new Set(spans.map(({ id }) => id))
  const children = byParent(sorted)
  const placed = new Map<string, Placed>()

  // Not by recursion: a trace may be deeper than the stack.
  function place(root: TracedSpan): void {
    const waiting: Placed[] = [{ span: root, depth: 0 }]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { span, depth } = next
      if (placed.has(span.id)) continue
      placed.set(span.id, next)
      const inside = children.get(span.id) ?? []
      waiting.push(...inside.toReversed().map((child) => ({ span: child, depth: depth + 1 })))
    }
  }

  for (const span of sorted) if (span.parentId === undefined || !ids.has(span.parentId)) place(span)
  for (const span of sorted) place(span)
  return [...placed.values()]
}

function byParent(spans: readonly TracedSpan[]): Map<string, TracedSpan[]> {
  const children = new Map<string, TracedSpan[]>()
  for (const span of spans) {
    if (span.parentId === undefined) continue
    const siblings = children.get(span.parentId)
    if (siblings === undefined) children.set(span.parentId, [span])
    else siblings.push(span)
  }
  return children
}
