import type { Bus } from '../core/types.ts'
import type { Address } from './actor.ts'
import type { CallError, CallFailure } from './call-error.ts'
import type { Cell } from './cell.ts'
import { type ExitReason, exitKind } from './exit-reason.ts'
import type { Pid } from './pid.ts'
import type { Strategy } from './supervisor-options.ts'
import { whose } from './whose.ts'

/** The name of an event may be anything that somebody has sent. */
const MAX_EVENT = 100

/** A call that is under way. */
export interface CallSpan {
  ended(): void
  failed(failure: CallFailure, error: CallError, timeoutMs: number): void
}

/** A restart, as a supervisor sees it. */
export interface Restart {
  /** Within the time that counts. */
  readonly restarts: number
  readonly strategy: Strategy
  readonly child: { readonly spec: { readonly id: string }; readonly type: string }
  readonly reason: ExitReason
}

/** What servers and supervisors say of themselves. */
export interface ServerTelemetry {
  /** A call begins; what it gives is told how it ends. */
  calling(to: Address, cell: Cell | undefined): CallSpan
  lateReply(cell: Cell | undefined): void
  cast(cell: Cell): void
  restarting(supervisor: Pid, restart: Restart): { ended(isDone: boolean): void }
  transition(cell: Cell, transition: Transition): void
  invalidEvent(cell: Cell, state: string, event: string): void
  /** A machine has come into a state, or left it. */
  population(cell: Cell, state: string, by: 1 | -1): void
  tooManyRestarts(supervisor: Pid, limits: { readonly restarts: number; readonly withinMs: number }): void
}

/** One change of a state machine. */
export interface Transition {
  readonly from: string
  readonly to: string
  readonly event: string
  /** How long `from` has lasted, in nanoseconds. */
  readonly duration: number
}

export function createServerTelemetry(bus: Bus): ServerTelemetry {
  const casts = bus.event('actor.gen_server.cast')
  const late = bus.event('actor.gen_server.late_reply')
  const timedOut = bus.event('actor.gen_server.timeout')
  const exceeded = bus.event('actor.supervisor.intensity_exceeded')
  const transitions = bus.event('actor.gen_statem.transition')
  const invalid = bus.event('actor.gen_statem.invalid')
  const population = bus.event('actor.gen_statem.population')
  /** Machines by type and state. */
  const populations = new Map<string, number>()
  /** Calls that wait for a reply, by the type of whom they ask. */
  const inFlight = new Map<string, number>()

  return {
    calling(to, cell) {
      const pid = cell === undefined ? String(to) : cell.pid.toString()
      const metadata = { pid, ...(cell !== undefined && { type: cell.type }) }
      const key = cell?.type ?? ''
      const count = (by: number) => {
        const left = (inFlight.get(key) ?? 0) + by
        if (left === 0) inFlight.delete(key)
        else inFlight.set(key, left)
        return left
      }
      const span = bus.startSpan('actor.gen_server.call', metadata, { measurements: { in_flight: count(1) } })
      return {
        ended() {
          span.measure({ in_flight: count(-1) })
          span.stop()
        },
        failed(failure, error, timeoutMs) {
          const in_flight = count(-1)
          span.measure({ in_flight })
          span.set({ error_type: failure })
          span.exception(error)
          if (failure === 'timeout' && timedOut.enabled)
            timedOut.execute({ timeout: timeoutMs * 1e6, in_flight }, metadata)
        },
      }
    },
    lateReply(cell) {
      if (late.enabled && cell !== undefined) late.execute({}, whose(cell))
    },
    cast(cell) {
      if (casts.enabled) casts.execute({}, whose(cell))
    },
    restarting(supervisor, { restarts, strategy, child, reason }) {
      const { spec, type } = child
      const about = { strategy, child: spec.id, type, exit_reason: exitKind(reason) }
      const span = bus.startSpan(
        'actor.supervisor.restart',
        { supervisor: supervisor.toString(), ...about },
        { measurements: { restarts } },
      )
      return {
        ended: (isDone) =>
          isDone ? span.stop() : span.exception(new Error(`child '${spec.id}' could not be started`)),
      }
    },
    transition(cell, { from, to, event, duration }) {
      if (transitions.enabled) {
        const what = { ...whose(cell), from, to, event: event.slice(0, MAX_EVENT) }
        transitions.execute({ state_duration: duration }, what)
      }
    },
    invalidEvent(cell, state, event) {
      if (invalid.enabled) invalid.execute({}, { ...whose(cell), state, event: event.slice(0, MAX_EVENT) })
    },
    population({ type }, state, by) {
      const key = JSON.stringify([type, state])
      const count = (populations.get(key) ?? 0) + by
      if (count === 0) populations.delete(key)
      else populations.set(key, count)
      if (population.enabled) population.execute({ count }, { type, state })
    },
    tooManyRestarts(supervisor, { restarts, withinMs }) {
      if (exceeded.enabled)
        exceeded.execute({ restarts, window: withinMs * 1e6 }, { supervisor: supervisor.toString() })
    },
  }
}
