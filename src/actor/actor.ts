import type { CallOptions } from './call.ts'
import type { ExitReason } from './exit-reason.ts'
import type { Pid } from './pid.ts'
import type { RemoteName } from './remote-name.ts'

/** Whom a message is for: a pid, the name of one that is registered, or what `system.remote` gives. */
export type Address = Pid | string | RemoteName

/**
 * What became of a message. It is never thrown: who sends to the dead is told, and goes on, as in Erlang. To another node `sent` says that it has left this
 * process; `noconnection` that it could not, and `not_serializable` that it is nothing that another process can be given.
 */
export type SendResult = 'sent' | 'mailbox_full' | 'actor_not_found' | 'dropped' | 'noconnection' | 'not_serializable'

/** What an actor that traps exits, or monitors, is told. */
export type Signal =
  | { readonly type: 'exit'; readonly from: Pid; readonly reason: ExitReason }
  | { readonly type: 'down'; readonly ref: MonitorRef; readonly pid: Pid; readonly reason: ExitReason }

/** Stands for one monitor. */
export interface MonitorRef {
  readonly monitor: number
}

/** Stands for a message that is to come. */
export interface TimerRef {
  readonly timer: number
}

/** An actor: a plain object, or an instance of a class. It handles one message at a time. */
export interface Actor<M = unknown> {
  /** What metrics call it, where `spawn` does not say. */
  readonly type?: string
  /** Handles a message. One that throws or rejects ends the actor: `panic`. */
  receive(message: M, ctx: ActorContext): void | Promise<void>
  /** Before the first message. One that throws ends the actor. */
  started?(ctx: ActorContext): void | Promise<void>
  /** The end of a linked actor, when exits are trapped, or of a monitored one. Without it they are ignored. */
  signal?(signal: Signal, ctx: ActorContext): void | Promise<void>
  /**
   * After the last message, whatever the end but a panic or a kill. An actor that has it ends gently: an exit signal waits for the message that
   * is being handled, and nobody hears of the end before this has resolved.
   */
  stopped?(reason: ExitReason, ctx: ActorContext): void | Promise<void>
}

/** What can be spawned: an object, a class, or a function that handles messages. */
export type Behavior<M = unknown> =
  | Actor<M>
  | (new () => Actor<M>)
  | ((message: M, ctx: ActorContext) => void | Promise<void>)

export interface MailboxOptions {
  /** Messages that wait. Default 100. */
  readonly capacity?: number
  /** What `send` does when it is full. `wait`: for room. `fail`: as `trySend`. Default `wait`. */
  readonly overflow?: 'wait' | 'fail' | 'drop_new' | 'drop_old'
  /**
   * What the actor is given. `reference`: the message itself, which the sender may still write to. `structured`: a structured clone; a message that has none is not
   * sent, `not_serializable`. `freeze`: the message itself, deep-frozen, so that whoever writes to it is found out: for development. Default `reference`.
   */
  readonly copy?: 'reference' | 'structured' | 'freeze'
}

export interface SpawnOptions {
  /** What metrics call it. Default: the name of the class or of the function, else `actor`. */
  readonly type?: string
  /** Registers it; throws `name_taken` when somebody has that name. */
  readonly name?: string
  readonly mailbox?: MailboxOptions
  /** Exits of linked actors come as signals instead of ending it. Default false. */
  readonly trapExit?: boolean
}

/** Takes messages that match; those that do not stay where they are. */
export interface ReceiveOptions {
  /** Default: none. */
  readonly timeoutMs?: number
}

/** What an actor can do, and with whom: given to every call of it. */
export interface ActorContext {
  readonly self: Pid
  /** Aborted when the actor has been ended from outside while it was handling something: JavaScript cannot stop it, it can. */
  readonly signal: AbortSignal
  /** Milliseconds that whoever has called still waits for the reply: a call made meanwhile waits no longer. Undefined when nobody waits. */
  readonly remainingMs: number | undefined
  send(to: Address, message: unknown): Promise<SendResult>
  trySend(to: Address, message: unknown): SendResult
  /** Asks a server and waits for its reply; see `ActorSystem.call`. */
  call(to: Address, request: unknown, options?: CallOptions): Promise<unknown>
  /** Tells a server something that it does not reply to. */
  cast(to: Address, message: unknown): Promise<SendResult>
  /** An actor that lives on when this one ends; `spawnLink` makes one that does not. */
  spawn<M>(behavior: Behavior<M>, options?: SpawnOptions): Pid
  spawnLink<M>(behavior: Behavior<M>, options?: SpawnOptions): Pid
  link(to: Pid): void
  unlink(from: Pid): void
  monitor(target: Address): MonitorRef
  /** With `flush` a `down` that waits is taken out too. False when there is no such monitor. */
  demonitor(ref: MonitorRef, options?: { readonly flush?: boolean }): boolean
  trapExit(trap: boolean): void
  /** Sends an exit signal, as `exit/2` of Erlang: to this actor too. */
  exit(to: Pid, reason: ExitReason): void
  /** Ends this actor when what it is handling now is done. */
  stop(reason?: ExitReason): void
  sendAfter(ms: number, to: Address, message: unknown): TimerRef
  /** False when it was delivered, cancelled, or is unknown. */
  cancelTimer(ref: TimerRef): boolean
  /** The first message that matches, also of those that have come before; undefined after the time-out. Only while one is being handled. */
  receive<T>(matches: (message: unknown) => message is T, options?: ReceiveOptions): Promise<T | undefined>
  receive(matches: (message: unknown) => boolean, options?: ReceiveOptions): Promise<unknown>
}
