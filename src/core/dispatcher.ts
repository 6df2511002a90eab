import type { Attachment } from './attachment.ts'
import { deepFreeze } from './deep-freeze.ts'
import { type Enricher, enrichMetadata } from './enrich.ts'
import type { Keys } from './merge.ts'
import type { Point } from './point.ts'
import { drawWeight } from './rules.ts'
import type { Clock, Handler, Measurements, Metadata } from './types.ts'

/** Emits allowed on the stack, the root one included: the 33rd is refused. */
const MAX_DEPTH = 32
/** Handler calls allowed per root emit, nested ones included. */
export const BUDGET = 10_000
/** A handler call that takes longer is reported, in nanoseconds. */
const SLOW = 50e6
/** Mask of the part of `stack` that counts the emits in progress. */
const DEPTH = 0xff
/** Flag in `stack`: something was refused below this root emit. */
const REFUSED = 0x100
const CALL_SHIFT = 16
/** What one handler call adds to `stack`. */
export const CALL: number = 1 << CALL_SHIFT

/** What happens to handler calls that go wrong. */
export interface FailureSink {
  threw(attachment: Attachment, point: Point, error: unknown, measurements: Measurements): void
  returned(attachment: Attachment, point: Point, result: unknown, measurements: Measurements): void
}

/** The state that all events of one bus share while they dispatch. Plain fields: every emit touches `stack`. */
export class Dispatcher {
  /**
   * The present root emit in one small integer, which is one store per emit: emits in progress, root included
   * (`DEPTH`), whether one was refused (`REFUSED`), and the handler calls so far (in units of `CALL`). 0 between emits.
   */
  stack = 0
  executed = 0
  dispatched = 0
  invalid = 0
  dropped = 0
  sampledOut = 0
  filtered = 0
  enrichFailed = 0
  refusals = 0
  refusedEvent = ''
  readonly enrichers: Enricher[] = []
  readonly clock: Clock
  readonly strict: boolean
  /** Stands in the dispatch of a handler that is out of it. Emits are counted by list length, so it takes itself out. */
  readonly idle: Handler = () => {
    this.dispatched--
  }
  failures!: FailureSink
  /** Emits one of the bus's own events. */
  emit!: (name: string, measurements: Measurements, metadata: Metadata) => void

  constructor(clock: Clock, strict: boolean) {
    this.clock = clock
    this.strict = strict
  }
}

/** Calls the first `count` handlers of `list`; one that throws does not stop the next. */
export function callAll(
  point: Point,
  list: readonly Attachment[],
  count: number,
  measurements: Measurements,
  metadata: Metadata,
): void {
  const name = point.name
  let next = 0
  // One try region round the loop, entered again behind a handler that threw, is cheaper than one per call.
  while (next < count) {
    try {
      while (next < count) {
        const attachment = list[next++] as Attachment
        const fn: Handler<string, unknown> = attachment.fn
        const result: unknown = fn(name, measurements as never, metadata, attachment.config)
        if (result !== undefined) point.dispatcher.failures.returned(attachment, point, result, measurements)
      }
    } catch (error) {
      point.dispatcher.failures.threw(list[next - 1] as Attachment, point, error, measurements)
    }
  }
}

/**
 * The emit that is not the plain one: nested, timed, sampled, enriched or strict.
 *
 * `decided`: the span that this event belongs to has been sampled and enriched as a whole already.
 */
export function dispatchCarefully(point: Point, given: Measurements, own: Metadata, decided: boolean): void {
  const dispatcher = point.dispatcher
  const timed = point.takeTurn()
  const depth = dispatcher.stack & DEPTH
  if (depth >= MAX_DEPTH) {
    refuse(point)
    point.discount()
    return
  }
  let measurements = given
  if (!decided && point.rate !== undefined) {
    const weight = drawWeight(point.rate)
    if (weight === 0) {
      dispatcher.sampledOut++
      point.discount()
      return
    }
    measurements = weigh(given, weight)
  }
  let metadata = decided || dispatcher.enrichers.length === 0 ? own : enrichMetadata(dispatcher, own)
  if (dispatcher.strict) {
    measurements = deepFreeze(measurements)
    metadata = deepFreeze(metadata)
  }
  const count = Math.min(point.size, BUDGET - (dispatcher.stack >> CALL_SHIFT))
  if (count < point.size) {
    dispatcher.dispatched -= point.size - count
    refuse(point)
  }
  dispatcher.stack += count * CALL + 1
  const list = point.handlers()
  if (timed) callTimed(point, list, count, measurements, metadata)
  else callAll(point, list, count, measurements, metadata)
  if (depth === 0) endRoot(dispatcher)
  else dispatcher.stack--
}

/** Ends a root emit below which something may have been refused: one `telemetry.recursion` tells. */
export function endRoot(dispatcher: Dispatcher): void {
  const refused = (dispatcher.stack & REFUSED) !== 0
  dispatcher.stack = 0
  if (!refused) return
  const { refusals, refusedEvent } = dispatcher
  dispatcher.refusals = 0
  // Handlers of the report that recurse themselves are cut short like any other, but not reported again.
  if (refusedEvent !== 'telemetry.recursion') {
    dispatcher.emit('telemetry.recursion', { depth: MAX_DEPTH, dropped: refusals }, { event: refusedEvent })
  }
}

/** `measurements` with the weight put in, multiplied with one that a worker has put there before. */
export function weigh(measurements: Measurements, weight: number): Measurements {
  try {
    const earlier = measurements.sample_weight
    const weighed: Keys = { sample_weight: weight, ...measurements }
    weighed.sample_weight = typeof earlier === 'number' ? earlier * weight : weight
    return weighed
  } catch {
    // A hostile proxy that cannot be copied is passed on as it came.
    return measurements
  }
}

function callOne(point: Point, attachment: Attachment, measurements: Measurements, metadata: Metadata): void {
  const { failures } = point.dispatcher
  try {
    const fn: Handler<string, unknown> = attachment.fn
    const result: unknown = fn(point.name, measurements as never, metadata, attachment.config)
    if (result !== undefined) failures.returned(attachment, point, result, measurements)
  } catch (error) {
    failures.threw(attachment, point, error, measurements)
  }
}

function refuse(point: Point): void {
  const dispatcher = point.dispatcher
  dispatcher.dropped++
  dispatcher.refusals++
  dispatcher.stack |= REFUSED
  dispatcher.refusedEvent = point.name
}

function callTimed(
  point: Point,
  list: readonly Attachment[],
  count: number,
  measurements: Measurements,
  metadata: Metadata,
): void {
  const { clock } = point.dispatcher
  let begun = clock.monotonicTime()
  for (let i = 0; i < count; i++) {
    const attachment = list[i] as Attachment
    callOne(point, attachment, measurements, metadata)
    const ended = clock.monotonicTime()
    const duration = ended - begun
    begun = ended
    if (duration > SLOW) {
      point.dispatcher.emit('telemetry.handler.slow', { duration }, { handler_id: attachment.id, event: point.name })
    }
  }
}
