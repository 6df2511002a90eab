import type { Attachment } from './attachment.ts'
import { BUDGET, CALL, callAll, type Dispatcher, dispatchCarefully, endRoot } from './dispatcher.ts'
import type { Payload } from './event-types.ts'
import type { EventPoint, Handler, Measurements, Metadata } from './types.ts'

/** One emit in this many has its handlers timed; the first one does. */
const TURN = 64
/** `Dispatcher.stack` during a root emit to a single handler: one call, one emit in progress. */
const SOLE = CALL + 1
const NONE: readonly Attachment[] = []

/**
 * One event name and who listens to it; also the public `EventPoint`.
 *
 * The one hidden class that every emit goes through, so plain fields: a boolean that says whether somebody listens, the
 * single-handler case in `fn` and `config`, and a list for more. A running dispatch has captured the list and its
 * length: additions append in place, removals leave `idle` behind and are swept into a new list.
 */
export class Point implements EventPoint {
  enabled = false
  /** Counts emits down; below 0 an emit takes the careful way, where its handlers may be timed. */
  left = 0
  size = 0
  fn: Handler
  config: unknown = undefined
  sole: Attachment | undefined = undefined
  readonly dispatcher: Dispatcher
  readonly name: string
  /** All attachments, gone ones included until they are swept; undefined while there is at most one. */
  list: Attachment[] | undefined = undefined
  /** Attachments that are not gone. */
  live = 0
  /** `base - left` is the number of emits that are not in the dispatcher's count yet. */
  base = 0
  /** Somebody listens, but a rule keeps the event from being emitted. */
  silenced = false
  admitted = true
  /** Every emit must take the careful way: `left` stays below 0. */
  careful = false
  /** `careful` as the rules want it, apart from a list too long for the budget. */
  asked = false
  rate: number | undefined = undefined
  /** Exact attachments; a name with none, and not held by a user, may be forgotten. */
  exact = 0
  held = false
  /** Told when `enabled` may have changed. */
  watcher: (() => void) | undefined = undefined

  constructor(name: string, dispatcher: Dispatcher) {
    this.name = name
    this.dispatcher = dispatcher
    this.fn = dispatcher.idle
  }

  execute(...payload: Payload<string>): void
  execute(measurements: Measurements, metadata?: Metadata | null): void {
    if (!this.enabled) {
      if (this.silenced) this.dispatcher.filtered++
      return
    }
    if (isMalformed(measurements, metadata)) {
      this.dispatcher.invalid++
      return
    }
    this.dispatch(measurements, metadata ?? {})
  }

  executeLazy(build: () => Payload<string>): void {
    if (!this.enabled) {
      if (this.silenced) this.dispatcher.filtered++
      return
    }
    let measurements: Measurements
    let metadata: Metadata | null | undefined
    try {
      ;[measurements, metadata] = build()
    } catch {
      this.dispatcher.invalid++
      return
    }
    this.execute(measurements, metadata)
  }

  /** Emits a payload that is known to be well-formed, to a point that is known to be enabled. */
  dispatch(measurements: Measurements, metadata: Metadata): void {
    const dispatcher = this.dispatcher
    if (--this.left < 0 || dispatcher.stack !== 0) {
      dispatchCarefully(this, measurements, metadata, false)
    } else if (this.size === 1) {
      dispatcher.stack = SOLE
      const sole = this.sole
      try {
        const fn = this.fn as Handler<string, unknown>
        const result: unknown = fn(this.name, measurements as never, metadata, this.config)
        if (result !== undefined) dispatcher.failures.returned(sole as Attachment, this, result, measurements)
      } catch (error) {
        dispatcher.failures.threw(sole as Attachment, this, error, measurements)
      }
      if (dispatcher.stack === SOLE) dispatcher.stack = 0
      else endRoot(dispatcher)
    } else {
      const root = this.size * CALL + 1
      dispatcher.stack = root
      callAll(this, this.list as Attachment[], this.size, measurements, metadata)
      if (dispatcher.stack === root) dispatcher.stack = 0
      else endRoot(dispatcher)
    }
  }

  /** Emits an event of a span, which was sampled and enriched as a whole at its start. */
  dispatchDecided(measurements: Measurements, metadata: Metadata): void {
    if (!this.careful) {
      this.dispatch(measurements, metadata)
      return
    }
    this.left--
    dispatchCarefully(this, measurements, metadata, true)
  }

  /** Whether the handlers of the emit just counted are to be timed; winds the count up again. */
  takeTurn(): boolean {
    if (this.left >= 0) return false
    if (this.careful && this.left >= -TURN) return this.left === -1
    this.left += TURN
    this.base += TURN
    return true
  }

  handlers(): readonly Attachment[] {
    return this.list ?? (this.sole === undefined ? NONE : [this.sole])
  }

  /** Takes the present emit out of the counts: it was refused or sampled out. */
  discount(): void {
    this.base--
  }

  /** Moves the emits counted here to the bus's totals; must precede any change of `size`. */
  fold(): void {
    const emits = this.base - this.left
    this.dispatcher.executed += emits
    this.dispatcher.dispatched += emits * this.size
    this.base = this.left
  }

  add(attachment: Attachment): void {
    this.fold()
    if (this.size === 0) {
      this.sole = attachment
    } else {
      this.list ??= [this.sole as Attachment]
      this.list.push(attachment)
    }
    this.size++
    this.live++
    this.refresh()
  }

  /** Takes in that one of its attachments is gone, with `idle` in its place. Amortised O(1): swept when half of the list is gone. */
  remove(): void {
    this.fold()
    this.live--
    if (this.live * 2 <= this.size) this.#sweep()
    this.refresh()
  }

  /** Takes in a new `fn` of one of its attachments. */
  replace(attachment: Attachment): void {
    if (this.sole === attachment) this.fn = attachment.fn
  }

  refresh(): void {
    this.fn = this.size === 1 && this.sole !== undefined ? this.sole.fn : this.dispatcher.idle
    this.config = this.size === 1 ? this.sole?.config : undefined
    this.setRules(this.admitted, this.rate, this.asked)
  }

  /** Takes in the rules for this name; `careful` sends every emit the careful way. */
  setRules(admitted: boolean, rate: number | undefined, careful: boolean): void {
    this.admitted = admitted
    this.enabled = admitted && this.live > 0
    this.silenced = !admitted && this.live > 0
    this.rate = rate
    this.asked = careful
    const carefully = careful || this.size > BUDGET
    if (carefully !== this.careful) {
      this.fold()
      this.careful = carefully
      this.left = 0
      this.base = 0
    }
    this.watcher?.()
  }

  #sweep(): void {
    // A running dispatch keeps the old list, in which those that are gone are idle.
    const remaining = this.handlers().filter((attachment) => !attachment.gone)
    this.size = remaining.length
    this.sole = remaining[0]
    this.list = remaining.length > 1 ? remaining : undefined
  }
}

/** Whether a payload is not what `execute` takes. A revoked proxy throws when it is asked whether it is an array. */
export function isMalformed(measurements: unknown, metadata: unknown): boolean {
  try {
    return (
      typeof measurements !== 'object' ||
      measurements === null ||
      Array.isArray(measurements) ||
      (typeof metadata !== 'object' && metadata !== undefined)
    )
  } catch {
    return true
  }
}
