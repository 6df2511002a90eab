import type { Actor, ActorContext, Signal } from './actor.ts'
import { type Child, type Children, createChildren } from './children.ts'
import { internalsOf } from './context.ts'
import { type ExitReason, isExpected } from './exit-reason.ts'
import { terminate } from './exits.ts'
import { CallRequest } from './request.ts'
import type { Runtime } from './runtime.ts'
import { type CheckedSupervisor, checkSupervisor, type SupervisorOptions } from './supervisor-options.ts'

const MAX_BACKOFF_MS = 60_000

/**
 * Makes an actor that starts children, in order, and starts them again when they end: which, and with whom, is said by `strategy` and by what
 * a child is. It ends them in the reverse order when it ends itself. More than `restarts` within `withinMs`, counted for all children together, are too
 * many: then it ends them and itself, with `shutdown`, so that a supervisor above may try. A child that ends before it is started counts as one that has
 * ended. `call(pid, 'which_children')` gives their ids, pids and types. Wrong options throw `invalid_option`.
 */
export function supervisor(options: SupervisorOptions): Actor {
  return new Supervisor(checkSupervisor(options))
}

class Supervisor implements Actor {
  readonly type: string
  readonly #options: CheckedSupervisor
  readonly #restartedAt: number[] = []
  #children: Children | undefined

  constructor(options: CheckedSupervisor) {
    this.#options = options
    this.type = options.type
  }

  async started(ctx: ActorContext): Promise<void> {
    const { runtime, cell } = internalsOf(ctx)
    const aborted = new Promise((resolve) => ctx.signal.addEventListener('abort', resolve, { once: true }))
    const children = createChildren(runtime, cell, { specs: this.#options.children, aborted })
    this.#children = children
    // Whoever else is linked to it is above it: it ends with that one, also while it waits for a child.
    cell.trapExit = true
    cell.trapsFrom = children.isOwn
    cell.endsGently = true
    const failed = await children.start(children.all)
    const isEnding = cell.phase === 'dead' || cell.stopReason !== undefined
    if (failed === undefined && !isEnding) return
    await children.stop(children.all)
    if (isEnding || failed === undefined) return terminate(runtime, cell, cell.stopReason ?? 'killed')
    throw new Error(`child '${failed.spec.id}' could not be started`)
  }

  receive(message: unknown): void {
    if (!(message instanceof CallRequest) || message.request !== 'which_children') return
    message.from.reply(this.#children?.all.map(({ spec, pid }) => ({ id: spec.id, pid, restart: spec.restart })))
  }

  async signal(signal: Signal, ctx: ActorContext): Promise<void> {
    const children = this.#children
    if (signal.type !== 'exit' || children === undefined) return
    const child = children.find(signal.from)
    // It has been ended by the supervisor itself, and started again perhaps.
    if (child === undefined) return
    child.pid = undefined
    const { restart } = child.spec
    if (restart === 'temporary' || (restart === 'transient' && isExpected(signal.reason))) return
    await this.#restart(children, child, { reason: signal.reason, ctx })
  }

  async stopped(): Promise<void> {
    await this.#children?.stop(this.#children.all)
  }

  /** Again and again, until it runs, it was too often, or the supervisor is to end. */
  async #restart(
    children: Children,
    child: Child,
    { reason, ctx }: { readonly reason: ExitReason; readonly ctx: ActorContext },
  ): Promise<void> {
    const { runtime, cell } = internalsOf(ctx)
    const { strategy } = this.#options
    // One that cannot be started is the one to go on with: those before it run by now.
    for (let next: Child | undefined = child; next !== undefined; ) {
      const restarts = this.#count(runtime.clock.monotonicTime())
      if (restarts > this.#options.restarts) {
        runtime.telemetry.tooManyRestarts(ctx.self, { restarts, withinMs: this.#options.withinMs })
        ctx.stop('shutdown')
        return
      }
      await this.#backOff(runtime, restarts, ctx)
      if (cell.phase === 'dead' || cell.stopReason !== undefined) return
      const span = runtime.telemetry.restarting(ctx.self, { restarts, strategy, child: next, reason })
      const affected = affectedBy(children, next, strategy)
      await children.stop(affected)
      next = await children.start(affected.filter(({ spec }) => spec.restart !== 'temporary'))
      span.ended(next === undefined)
    }
  }

  /** How many restarts there were within the time, this one included. */
  #count(now: number): number {
    const since = now - this.#options.withinMs * 1e6
    this.#restartedAt.push(now)
    while ((this.#restartedAt[0] ?? now) <= since) this.#restartedAt.shift()
    return this.#restartedAt.length
  }

  #backOff(runtime: Runtime, restarts: number, { signal }: ActorContext): Promise<void> | undefined {
    const { backoffMs } = this.#options
    if (backoffMs === 0) return undefined
    return new Promise((resolve) => {
      const wait = Math.min(MAX_BACKOFF_MS, backoffMs * 2 ** (restarts - 1))
      const done = () => {
        cancel()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const cancel = runtime.clock.after(wait, done)
      signal.addEventListener('abort', done)
    })
  }
}

function affectedBy({ all }: Children, child: Child, strategy: CheckedSupervisor['strategy']): readonly Child[] {
  if (strategy === 'one_for_one') return [child]
  return strategy === 'one_for_all' ? all : all.slice(all.indexOf(child))
}
