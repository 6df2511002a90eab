import { TelemetryError } from '../core/errors.ts'
import type { ActorContext } from './actor.ts'
import type { ExitReason } from './exit-reason.ts'
import { type Diagram, END, parseDiagram, type TransitionTable } from './statem-diagram.ts'

/** What happens to a machine: the name of an event, and all of the message that brought it. */
export interface StatemEvent {
  readonly name: string
  readonly message: unknown
}

/** What a handler says instead of the table. `postpone`: again when the state has changed. */
export type StatemAction = 'keep' | 'postpone' | { readonly next: string } | { readonly stop: ExitReason }

/** A machine, as its handlers see it. */
export interface Machine<Data = unknown> {
  readonly state: string
  /** What it knows beside its state; to be replaced or changed. */
  data: Data
  readonly ctx: ActorContext
  /** Answers the call that brought the event; false when it was none, or has an answer. */
  reply(value: unknown): boolean
}

export interface StatemOptions<Data = unknown> {
  /** A table with its `initial` state, or a Mermaid `stateDiagram-v2`. `[*]` is the end. */
  readonly transitions: TransitionTable | string
  /** Of a table. */
  readonly initial?: string
  /** What it knows at the beginning. */
  readonly data?: () => Data
  /** Asked at each event first. Undefined: the table decides; an event that is not in it is invalid then. */
  readonly handle?: (
    event: StatemEvent,
    machine: Machine<Data>,
  ) => StatemAction | undefined | Promise<StatemAction | undefined>
  /** Called when a state begins, the first one too. */
  readonly onEnter?: { readonly [state: string]: (machine: Machine<Data>) => void | Promise<void> }
  /** Events that come by themselves when a state has lasted for so long. */
  readonly timeouts?: { readonly [state: string]: { readonly afterMs: number; readonly event: string } }
  /** What metrics call it. Default `statem`. */
  readonly type?: string
}

/** Makes a diagram of either, and checks that all that is named is in it. Throws `invalid_option`. */
export function checkStatem<Data>({
  transitions,
  initial,
  handle,
  onEnter = {},
  timeouts = {},
}: StatemOptions<Data>): Diagram {
  const diagram = typeof transitions === 'string' ? parseDiagram(transitions) : tableOf(transitions, initial)
  const isState = (state: string) => Object.hasOwn(diagram.transitions, state)
  if (!isState(diagram.initial)) throw invalid(`'initial' is '${diagram.initial}', which is no state of the table`)
  for (const [from, events] of Object.entries(diagram.transitions)) {
    for (const [event, to] of Object.entries(events))
      if (to !== END && !isState(to))
        throw invalid(`'${event}' in '${from}' leads to '${String(to)}', which is no state of the table`)
  }
  if (handle !== undefined && typeof handle !== 'function') throw invalid("'handle' must be a function")
  for (const [option, named] of Object.entries({ onEnter, timeouts })) {
    const unknown = Object.keys(named).find((state) => !isState(state))
    if (unknown !== undefined) throw invalid(`'${option}' names '${unknown}', which is no state`)
  }
  for (const [state, { afterMs, event }] of Object.entries(timeouts))
    if (!(Number.isFinite(afterMs) && afterMs >= 0 && typeof event === 'string'))
      throw invalid(`'timeouts' of '${state}' must have 'afterMs', from 0 on, and an 'event'`)
  return diagram
}

function tableOf(transitions: unknown, initial: string | undefined): Diagram {
  if (typeof transitions !== 'object' || transitions === null)
    throw invalid("'transitions' must be a table or a diagram")
  if (typeof initial !== 'string') throw invalid("'initial' must be a state of the table")
  for (const [state, events] of Object.entries(transitions))
    if (typeof events !== 'object' || events === null) throw invalid(`'${state}' must have an object of events`)
  // The cast: each state has been checked to have one.
  return { initial, transitions: transitions as TransitionTable }
}

function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `statem: option ${problem}`)
}
