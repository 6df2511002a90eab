import type {
  ActorContext,
  Address,
  Behavior,
  MonitorRef,
  ReceiveOptions,
  SendResult,
  SpawnOptions,
  TimerRef,
} from './actor.ts'
import { type CallOptions, call, cast, remainingMs } from './call.ts'
import type { Cell } from './cell.ts'
import type { ExitReason } from './exit-reason.ts'
import { sendExit, stop } from './exits.ts'
import { demonitor, link, monitor, unlink } from './links.ts'
import { send, trySend } from './messages.ts'
import type { Pid } from './pid.ts'
import { receive } from './receive.ts'
import type { Runtime } from './runtime.ts'
import { spawn } from './spawn.ts'

/** What an actor is given. A class, so that a thousand idle actors do not have a thousand sets of closures. */
export class Context implements ActorContext {
  readonly #runtime: Runtime
  readonly #cell: Cell

  constructor(runtime: Runtime, cell: Cell) {
    this.#runtime = runtime
    this.#cell = cell
  }

  /** For the runtime itself. */
  internals(): { readonly runtime: Runtime; readonly cell: Cell } {
    return { runtime: this.#runtime, cell: this.#cell }
  }

  get self(): Pid {
    return this.#cell.pid
  }

  get signal(): AbortSignal {
    const cell = this.#cell
    cell.abort ??= new AbortController()
    if (cell.phase === 'dead') cell.abort.abort()
    return cell.abort.signal
  }

  get remainingMs(): number | undefined {
    return remainingMs(this.#runtime, this.#cell)
  }

  send(to: Address, message: unknown): Promise<SendResult> {
    return send(this.#runtime, to, message, this.#cell.pid)
  }

  trySend(to: Address, message: unknown): SendResult {
    return trySend(this.#runtime, to, message, this.#cell.pid)
  }

  spawn<M>(behavior: Behavior<M>, options: SpawnOptions = {}): Pid {
    return spawn(this.#runtime, behavior, options).pid
  }

  spawnLink<M>(behavior: Behavior<M>, options: SpawnOptions = {}): Pid {
    const { pid } = spawn(this.#runtime, behavior, options)
    link(this.#runtime, this.#cell, pid)
    return pid
  }

  link(to: Pid): void {
    link(this.#runtime, this.#cell, to)
  }

  unlink(from: Pid): void {
    unlink(this.#runtime, this.#cell, from)
  }

  monitor(target: Address): MonitorRef {
    return monitor(this.#runtime, target, this.#cell)
  }

  demonitor(ref: MonitorRef, { flush = false }: { readonly flush?: boolean } = {}): boolean {
    return demonitor(this.#cell, ref, flush)
  }

  trapExit(trap: boolean): void {
    this.#cell.trapExit = trap
  }

  exit(to: Pid, reason: ExitReason): void {
    sendExit(this.#runtime, to, { from: this.#cell.pid, reason })
  }

  stop(reason: ExitReason = 'normal'): void {
    stop(this.#runtime, this.#cell, reason)
  }

  sendAfter(ms: number, to: Address, message: unknown): TimerRef {
    return this.#runtime.timers.sendAfter(ms, to, message, this.#cell.pid)
  }

  cancelTimer(ref: TimerRef): boolean {
    return this.#runtime.timers.cancel(ref)
  }

  call(to: Address, request: unknown, options: CallOptions = {}): Promise<unknown> {
    return call(this.#runtime, to, request, { ...options, caller: this.#cell })
  }

  cast(to: Address, message: unknown): Promise<SendResult> {
    return cast(this.#runtime, to, message, this.#cell.pid)
  }

  receive<T>(matches: (message: unknown) => message is T, options?: ReceiveOptions): Promise<T | undefined>
  receive(matches: (message: unknown) => boolean, options?: ReceiveOptions): Promise<unknown>
  receive(matches: (message: unknown) => boolean, options: ReceiveOptions = {}): Promise<unknown> {
    return receive(this.#runtime, this.#cell, matches, options)
  }
}

/** What is behind the context of an actor, for those that are part of the runtime. */
export function internalsOf(ctx: ActorContext): { readonly runtime: Runtime; readonly cell: Cell } {
  if (!(ctx instanceof Context)) throw new TypeError('not the context of an actor')
  return ctx.internals()
}

/** Made at the first call of an actor. */
export function contextOf(runtime: Runtime, cell: Cell): Context {
  cell.context ??= new Context(runtime, cell)
  return cell.context
}
