import { TelemetryError } from '../core/errors.ts'
import type { Behavior, SpawnOptions } from './actor.ts'

/** Which children are started again with one that has ended: it alone, all, or it and those that were started after it. */
export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one'

/** A child, and what is to be done when it ends. */
export interface ChildSpec {
  /** Unique among the children. */
  readonly id: string
  /** Makes it, each time anew. */
  readonly start: () => Behavior<never>
  readonly options?: SpawnOptions
  /** `permanent`: it is always started again. `transient`: unless its end was normal or a shutdown. `temporary`: never. Default `permanent`. */
  readonly restart?: 'permanent' | 'transient' | 'temporary'
  /** How long it has to end by itself before it is killed; `'kill'`: no time. Default 5,000. */
  readonly shutdownMs?: number | 'kill'
}

export interface SupervisorOptions {
  readonly children: readonly ChildSpec[]
  /** Default `one_for_one`. */
  readonly strategy?: Strategy
  /** As many restarts within `withinMs` are allowed. Default 3 within 5,000. */
  readonly restarts?: number
  readonly withinMs?: number
  /** Before a restart it waits this long, twice as long at each further one within `withinMs`, a minute at most. Default 0: it does not. */
  readonly backoffMs?: number
  /** What metrics call it. Default `supervisor`. */
  readonly type?: string
}

export type CheckedChild = Required<Omit<ChildSpec, 'options'>> & { readonly options: SpawnOptions }
export type CheckedSupervisor = Required<Omit<SupervisorOptions, 'children'>> & {
  readonly children: readonly CheckedChild[]
}

const STRATEGIES = ['one_for_one', 'one_for_all', 'rest_for_one'] as const
const RESTARTS = ['permanent', 'transient', 'temporary'] as const

/** Fills in the defaults. Throws `invalid_option`. */
export function checkSupervisor(options: SupervisorOptions): CheckedSupervisor {
  const {
    children,
    strategy = 'one_for_one',
    restarts = 3,
    withinMs = 5_000,
    backoffMs = 0,
    type = 'supervisor',
  } = options
  if (!Array.isArray(children)) throw invalid("'children' must be a list")
  if (!STRATEGIES.includes(strategy)) throw invalid(`'strategy' must be one of ${STRATEGIES.join(', ')}`)
  if (!(Number.isInteger(restarts) && restarts >= 0)) throw invalid("'restarts' must be a whole number from 0 on")
  if (!(Number.isFinite(withinMs) && withinMs > 0)) throw invalid("'withinMs' must be milliseconds above 0")
  if (!(Number.isFinite(backoffMs) && backoffMs >= 0)) throw invalid("'backoffMs' must be milliseconds from 0 on")
  const checked = children.map(checkChild)
  if (new Set(checked.map(({ id }) => id)).size < checked.length)
    throw invalid("'children' must have an 'id' of its own each")
  return { children: checked, strategy, restarts, withinMs, backoffMs, type }
}

function checkChild(child: ChildSpec): CheckedChild {
  const { id, start, options = {}, restart = 'permanent', shutdownMs = 5_000 } = child ?? {}
  if (typeof id !== 'string' || id === '') throw invalid("'children' must have an 'id' each")
  if (typeof start !== 'function') throw invalid(`child '${id}' must have a function 'start'`)
  if (!RESTARTS.includes(restart)) throw invalid(`'restart' of child '${id}' must be one of ${RESTARTS.join(', ')}`)
  if (shutdownMs !== 'kill' && !(Number.isFinite(shutdownMs) && shutdownMs >= 0))
    throw invalid(`'shutdownMs' of child '${id}' must be milliseconds from 0 on, or 'kill'`)
  return { id, start, options, restart, shutdownMs }
}

function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `supervisor: ${problem}`)
}
