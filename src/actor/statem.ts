import type { Actor, ActorContext, TimerRef } from './actor.ts'
import { internalsOf } from './context.ts'
import { watch } from './links.ts'
import { CallRequest, Cast, type From } from './request.ts'
import { type Diagram, END } from './statem-diagram.ts'
import { checkStatem, type Machine, type StatemAction, type StatemEvent, type StatemOptions } from './statem-options.ts'

/** A state has lasted for as long as it may. */
class StateTimeout {
  /** Of the state that it was set in: one of an earlier state means nothing. */
  readonly entered: number
  readonly event: string

  constructor(entered: number, event: string) {
    this.entered = entered
    this.event = event
  }
}

/** An event, and who waits for an answer to it. */
interface Arrived {
  readonly event: StatemEvent
  readonly from: From | undefined
}

/**
 * Makes an actor that is a state machine. An event is a message: its own text, or its key `type`; it may be sent, cast or called. In each state `handle` is asked
 * first, then the table; one that neither knows is invalid: it is told of (`actor.gen_statem.invalid`) and changes nothing. An event that is postponed
 * comes again when the state has changed, before everything else. Time-outs are of a state and end with it. Wrong options throw `invalid_option`.
 */
export function genStatem<Data = unknown>(options: StatemOptions<Data>): Actor {
  return new Statem(options, checkStatem(options))
}

class Statem<Data> implements Actor {
  readonly type: string
  readonly #options: StatemOptions<Data>
  readonly #diagram: Diagram
  #data: Data
  #state: string
  /** How many states there were. */
  #entered = 0
  #since = 0
  #postponed: Arrived[] = []
  #timeout: TimerRef | undefined

  constructor(options: StatemOptions<Data>, diagram: Diagram) {
    this.#options = options
    this.#diagram = diagram
    this.#state = diagram.initial
    this.type = options.type ?? 'statem'
    // The cast: without `data` the type of it is unknown.
    this.#data = options.data?.() as Data
  }

  async started(ctx: ActorContext): Promise<void> {
    const { runtime, cell } = internalsOf(ctx)
    runtime.telemetry.population(cell, this.#state, 1)
    // Whatever its end is, the state that it was in has one less.
    watch(runtime, cell, () => runtime.telemetry.population(cell, this.#state, -1))
    await this.#enter(ctx)
  }

  async receive(message: unknown, ctx: ActorContext): Promise<void> {
    if (message instanceof StateTimeout) {
      if (message.entered === this.#entered)
        await this.#take({ event: { name: message.event, message }, from: undefined }, ctx)
      return
    }
    await this.#take(arrivedOf(message), ctx)
  }

  async #take(arrived: Arrived, ctx: ActorContext): Promise<void> {
    const { runtime, cell } = internalsOf(ctx)
    const said = await this.#options.handle?.(arrived.event, this.#machine(ctx, arrived.from))
    // It may have been ended meanwhile: then it has left its state, and goes to no other.
    if (cell.phase === 'dead') return
    const action = said ?? this.#lookUp(arrived.event.name)
    if (action === undefined) runtime.telemetry.invalidEvent(cell, this.#state, arrived.event.name)
    if (action === undefined || action === 'keep') return
    if (action === 'postpone') {
      this.#postponed.push(arrived)
      return
    }
    if ('stop' in action) {
      ctx.stop(action.stop)
      return
    }
    await this.#change(action.next, arrived.event.name, ctx)
  }

  /** What the table says. */
  #lookUp(event: string): StatemAction | undefined {
    const events = this.#diagram.transitions[this.#state]
    const next = events !== undefined && Object.hasOwn(events, event) ? events[event] : undefined
    return next === undefined ? undefined : { next }
  }

  /** The state it is in already is no change: nothing is entered, no time-out begins, nothing that was postponed comes again. */
  async #change(next: string, event: string, ctx: ActorContext): Promise<void> {
    const { runtime, cell } = internalsOf(ctx)
    const from = this.#state
    const now = runtime.clock.monotonicTime()
    if (next !== END && !Object.hasOwn(this.#diagram.transitions, next))
      throw new Error(`'${next}' is no state of this machine`)
    runtime.telemetry.transition(cell, { from, to: next, event, duration: now - this.#since })
    if (next === END) {
      ctx.stop()
      return
    }
    if (next === from) return
    runtime.telemetry.population(cell, from, -1)
    this.#state = next
    runtime.telemetry.population(cell, next, 1)
    await this.#enter(ctx)
    for (const postponed of this.#postponed.splice(0))
      if (cell.stopReason === undefined && cell.phase !== 'dead') await this.#take(postponed, ctx)
  }

  async #enter(ctx: ActorContext): Promise<void> {
    const { onEnter = {}, timeouts = {} } = this.#options
    const state = this.#state
    this.#entered++
    this.#since = internalsOf(ctx).runtime.clock.monotonicTime()
    if (this.#timeout !== undefined) ctx.cancelTimer(this.#timeout)
    const timeout = Object.hasOwn(timeouts, state) ? timeouts[state] : undefined
    this.#timeout = timeout && ctx.sendAfter(timeout.afterMs, ctx.self, new StateTimeout(this.#entered, timeout.event))
    if (Object.hasOwn(onEnter, state)) await onEnter[state]?.(this.#machine(ctx, undefined))
  }

  #machine(ctx: ActorContext, from: From | undefined): Machine<Data> {
    const self = this
    return {
      ctx,
      get state() {
        return self.#state
      },
      get data() {
        return self.#data
      },
      set data(data) {
        self.#data = data
      },
      reply: (value) => from?.reply(value) ?? false,
    }
  }
}

function arrivedOf(message: unknown): Arrived {
  if (message instanceof CallRequest) return { event: eventOf(message.request), from: message.from }
  return { event: eventOf(message instanceof Cast ? message.message : message), from: undefined }
}

/** A text is its own name; of anything else it is the key `type`. */
function eventOf(message: unknown): StatemEvent {
  if (typeof message === 'string') return { name: message, message }
  const type: unknown = typeof message === 'object' && message !== null && 'type' in message ? message.type : undefined
  return { name: typeof type === 'string' ? type : typeof message, message }
}
