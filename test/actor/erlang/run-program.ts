import type { ActorContext, MonitorRef, Signal } from '../../../src/actor/actor.ts'
import type { ActorSystem } from '../../../src/actor/actor-system.ts'
import type { ExitReason } from '../../../src/actor/exit-reason.ts'
import type { Pid } from '../../../src/actor/pid.ts'
import { createActorSystem } from '../../../src/actor/system.ts'
import { createBus } from '../../../src/core/bus.ts'
import type { Command, Step, Term } from './program.ts'

/** Runs a program with our actors, and writes what each of them got as `oracle.erl` does. */
export async function runProgram(commands: readonly Command[]): Promise<string> {
  const system = createActorSystem({ bus: createBus() })
  const actors: Player[] = []
  const steps: string[] = []
  for (const { actor, steps: own } of commands) {
    if (actor === 0) actors.push(player(system, actors))
    else {
      const before = actors.length
      const pid = actors[actor - 1]?.pid
      if (pid !== undefined) system.trySend(pid, { run: own })
      await system.idle()
      // The dead spawn nothing, but their child has its number.
      if (own.some(({ op }) => op === 'spawn_link') && actors.length === before) actors.push(deadPlayer(system))
    }
    await system.idle()
    steps.push(`[${actors.map((one) => collect(system, one)).join(',')}]`)
  }
  await system.shutdown()
  return `[${steps.join(',')}]`
}

interface Player {
  pid: Pid | undefined
  log: string[]
}

function collect(system: ActorSystem, { pid, log }: Player): string {
  const entries = log.splice(0)
  return pid !== undefined && system.isAlive(pid) ? `[${entries.join(',')}]` : 'dead'
}

function player(system: ActorSystem, actors: Player[], spawn = system.spawn): Player {
  const own: Player = { pid: undefined, log: [] }
  const monitors = new Map<number, MonitorRef>()
  const numberOf = (pid: Pid) => actors.findIndex((one) => one.pid === pid) + 1

  function step(what: Step, ctx: ActorContext): void {
    const pid = 'actor' in what ? actors[what.actor - 1]?.pid : ctx.self
    if (pid === undefined) throw new Error('a program names an actor that it has not spawned')
    if (what.op === 'link') ctx.link(pid)
    if (what.op === 'unlink') ctx.unlink(pid)
    if (what.op === 'monitor') monitors.set(what.key, ctx.monitor(pid))
    if (what.op === 'trap') ctx.trapExit(what.value)
    if (what.op === 'exit') ctx.exit(pid, toReason(what.reason))
    if (what.op === 'send') ctx.trySend(pid, { message: what.value, from: ctx.self })
    if (what.op === 'die') ctx.stop(toReason(what.reason))
    if (what.op === 'spawn_link') actors.push(player(system, actors, ctx.spawnLink.bind(ctx)))
    const ref = what.op === 'demonitor' ? monitors.get(what.key) : undefined
    if (what.op === 'demonitor' && ref !== undefined) ctx.demonitor(ref, { flush: what.flush })
  }

  function onSignal(signal: Signal): void {
    const reason = toTerm(signal.reason)
    if (signal.type === 'exit') own.log.push(`{exit,${numberOf(signal.from)},${reason}}`)
    else {
      const [key] = [...monitors].find(([, { monitor }]) => monitor === signal.ref.monitor) ?? []
      own.log.push(`{down,${numberOf(signal.pid)},${key},${reason}}`)
    }
  }

  own.pid = spawn({
    receive(message: { run: readonly Step[] } | { message: number; from: Pid }, ctx) {
      if ('run' in message) for (const each of message.run) step(each, ctx)
      else own.log.push(`{message,${numberOf(message.from)},${message.message}}`)
    },
    signal: onSignal,
  })
  return own
}

function deadPlayer(system: ActorSystem): Player {
  const pid = system.spawn(() => {})
  system.exit(pid, 'kill')
  return { pid, log: [] }
}

function toReason(term: Term): ExitReason {
  if (term === 'boom') return { custom: 'boom' }
  return term === '{shutdown,late}' ? { shutdown: 'late' } : term
}

function toTerm(reason: ExitReason): string {
  if (typeof reason === 'string') return reason
  return 'shutdown' in reason ? `{shutdown,${reason.shutdown}}` : String(Object.values(reason)[0])
}
