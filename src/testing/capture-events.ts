import { TelemetryError } from '../core/errors.ts'
import { compilePattern, requirePattern } from '../core/names.ts'
import type { Bus, Detach, Measurements, Metadata } from '../core/types.ts'
import { enterScope } from './scope.ts'

/** One event as its handlers got it: the emitter's own objects, not copies. */
export interface CapturedEvent {
  readonly event: string
  readonly measurements: Measurements
  readonly metadata: Metadata
}

/** A name, a pattern, or a predicate over the whole event. */
export type EventMatch = string | ((event: CapturedEvent) => boolean)

/** Whose events are captured. */
export interface CaptureOptions {
  /**
   * `context` captures only what is emitted in the current async context, and what it starts, from here on: for tests that
   * run side by side on one bus. The newest capture of a context owns it until it is detached. Default `all`.
   */
  readonly scope?: 'all' | 'context'
}

/** What has been captured so far, and a way to wait for more. */
export interface Capture {
  /** In the order they were emitted. Empty it with `events.length = 0`. */
  readonly events: CapturedEvent[]
  /**
   * The first event that matches, also one captured before the call. Rejects with `timeout`, saying what was seen, after
   * `timeoutMs` of real time (default 1,000) or when detached meanwhile.
   */
  waitFor(match: EventMatch, options?: { readonly timeoutMs?: number }): Promise<CapturedEvent>
  readonly detach: Detach
  [Symbol.dispose](): void
}

// Taken at load: a test that fakes the timers must not stop our own.
const { setTimeout, clearTimeout } = globalThis

let captures = 0

/** Records the events that `patterns` (names or patterns; an array is a list of them) match, until detached. */
export function captureEvents(
  bus: Bus,
  patterns: string | readonly string[],
  { scope = 'all' }: CaptureOptions = {},
): Capture {
  if (scope !== 'all' && scope !== 'context') {
    throw new TelemetryError(
      'invalid_option',
      `captureEvents: 'scope' must be 'all' or 'context', got ${String(scope)}`,
    )
  }
  const events: CapturedEvent[] = []
  const waiting = new Set<Waiter>()
  const list = typeof patterns === 'string' ? [patterns] : patterns
  const context = scope === 'context' ? enterScope() : undefined

  const removeHandler = attachTo(
    bus,
    list,
    (event, measurements, metadata) => {
      if (context !== undefined && !context.isCurrent()) return
      const captured = { event, measurements, metadata }
      events.push(captured)
      for (const waiter of waiting) waiter.see(captured)
    },
    () => context?.leave(),
  )

  let isDetached = false
  const stop = (): boolean => {
    isDetached = true
    context?.leave()
    for (const waiter of waiting) waiter.giveUp()
    return removeHandler()
  }
  const detach: Detach = Object.assign(stop, { [Symbol.dispose]: () => void stop() })

  function waitFor(
    match: EventMatch,
    { timeoutMs = 1_000 }: { readonly timeoutMs?: number } = {},
  ): Promise<CapturedEvent> {
    const matches = toPredicate(match)
    return new Promise((resolve, reject) => {
      const settle = (how: () => void) => {
        clearTimeout(timer)
        waiting.delete(waiter)
        how()
      }
      const giveUp = (when: string) => settle(() => reject(notSeen(match, events, when)))
      const timer = setTimeout(() => giveUp(`within ${timeoutMs} ms`), timeoutMs)
      const waiter: Waiter = {
        see(event) {
          try {
            if (matches(event)) settle(() => resolve(event))
          } catch (error) {
            settle(() => reject(error))
          }
        },
        giveUp: () => giveUp('before the capture was detached'),
      }
      waiting.add(waiter)
      for (const event of events) if (waiting.has(waiter)) waiter.see(event)
      if (isDetached && waiting.has(waiter)) waiter.giveUp()
    })
  }

  return { events, waitFor, detach, [Symbol.dispose]: () => void stop() }
}

/** A call of `waitFor` that is not settled. */
interface Waiter {
  see(event: CapturedEvent): void
  giveUp(): void
}

/** Attaches, and undoes what was begun for it when the patterns are wrong. */
function attachTo(
  bus: Bus,
  patterns: readonly string[],
  handler: (event: string, measurements: Measurements, metadata: Metadata) => void,
  undo: () => void,
): Detach {
  try {
    return bus.attachMany(`capture-events-${++captures}`, patterns, handler)
  } catch (error) {
    undo()
    throw error
  }
}

function toPredicate(match: EventMatch): (event: CapturedEvent) => boolean {
  if (typeof match === 'function') return match
  const matchesName = compilePattern(requirePattern(match))
  return ({ event }) => matchesName(event)
}

function notSeen(match: EventMatch, events: readonly CapturedEvent[], when: string): TelemetryError {
  const wanted = typeof match === 'string' ? `'${match}'` : 'an event that matches'
  return new TelemetryError('timeout', `captureEvents: ${wanted} was not seen ${when}; seen: ${summarize(events)}`)
}

/** Names in the order they first came, with how often. */
function summarize(events: readonly CapturedEvent[]): string {
  if (events.length === 0) return 'nothing'
  const counts = new Map<string, number>()
  for (const { event } of events) counts.set(event, (counts.get(event) ?? 0) + 1)
  const shown = [...counts].slice(0, 20).map(([event, count]) => (count === 1 ? event : `${event} (${count} times)`))
  return counts.size > shown.length
    ? `${shown.join(', ')} and ${counts.size - shown.length} other names`
    : shown.join(', ')
}
