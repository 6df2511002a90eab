import { TelemetryError } from '../core/errors.ts'
import type { Actor, Behavior, SpawnOptions } from './actor.ts'
import { Cell } from './cell.ts'
import { checkName, register } from './names.ts'
import { Pid } from './pid.ts'
import type { Runtime } from './runtime.ts'
import { scopeIn } from './scope-in.ts'
import { TypeTally } from './type-tally.ts'

const DEFAULT_CAPACITY = 100
const COPIES = ['reference', 'structured', 'freeze'] as const
const OVERFLOWS = ['wait', 'fail', 'drop_new', 'drop_old'] as const

/** Makes an actor, which runs when the code that has made it is done. Throws for wrong options, and for what cannot be an actor. */
export function spawn<M>(runtime: Runtime, behavior: Behavior<M>, options: SpawnOptions): Cell {
  const { mailbox = {}, trapExit = false, name } = options
  const { capacity = DEFAULT_CAPACITY, overflow = 'wait', copy = 'reference' } = mailbox
  if (!(Number.isInteger(capacity) && capacity >= 1))
    throw invalid("'mailbox.capacity' must be a whole number from 1 on")
  if (!OVERFLOWS.includes(overflow)) throw invalid(`'mailbox.overflow' must be one of ${OVERFLOWS.join(', ')}`)
  if (!COPIES.includes(copy)) throw invalid(`'mailbox.copy' must be one of ${COPIES.join(', ')}`)
  if (name !== undefined) checkName(runtime, name)
  const actor = toActor(behavior)
  const type = options.type ?? typeOf(behavior)
  const spawning = runtime.telemetry.spawning(type, name)
  const tally = tallyOf(runtime, type)
  const pid = new Pid(runtime.name, runtime.nextPid++, runtime.incarnation)
  const spawnedAt = runtime.clock.monotonicTime()
  const cell = new Cell(pid, {
    type,
    actor,
    tally,
    depths: tally.add(capacity),
    capacity,
    overflow,
    copy,
    trapExit,
    spawnedAt,
  })
  cell.spawning = spawning
  cell.origin = scopeIn(runtime.bus, spawning)
  runtime.cells.set(pid.id, cell)
  if (runtime.isTallied) cell.depths.add(0)
  if (name !== undefined) register(runtime, name, cell)
  runtime.telemetry.spawned(cell)
  runtime.scheduler.schedule(cell)
  return cell
}

function tallyOf(runtime: Runtime, type: string): TypeTally {
  const known = runtime.tallies.get(type)
  if (known !== undefined) return known
  const made = new TypeTally(type)
  runtime.tallies.set(type, made)
  return made
}

function typeOf(behavior: Behavior<never>): string {
  if ('type' in behavior && typeof behavior.type === 'string' && behavior.type !== '') return behavior.type
  if (typeof behavior === 'function') return behavior.name === '' ? 'actor' : behavior.name
  const name: unknown = behavior.constructor?.name
  return typeof name !== 'string' || name === '' || name === 'Object' ? 'actor' : name
}

function toActor<M>(behavior: Behavior<M>): Actor {
  if (isClass(behavior)) return new behavior()
  if (typeof behavior === 'function') return { receive: behavior as Actor['receive'] }
  if (typeof behavior?.receive !== 'function') throw invalid("an actor must be a function or have a method 'receive'")
  return behavior
}

function isClass<M>(behavior: Behavior<M>): behavior is new () => Actor<M> {
  return typeof behavior === 'function' && typeof behavior.prototype?.receive === 'function'
}

function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `actor: ${problem}`)
}
