import type { Cluster } from '../cluster/cluster.ts'
import type { Bus } from '../core/types.ts'
import type { Address, Behavior, MonitorRef, SendResult, SpawnOptions, TimerRef } from './actor.ts'
import type { CallOptions } from './call.ts'
import type { Tell } from './cell.ts'
import type { ExitReason } from './exit-reason.ts'
import type { ActorInfo, Observation } from './info.ts'
import type { MessageSize } from './message-size.ts'
import type { Pid } from './pid.ts'
import type { RemoteName } from './remote-name.ts'

export interface ActorSystemOptions {
  /** Default: the bus of the process. */
  readonly bus?: Bus
  /** Stands in pids. Default: that of the cluster, else none. */
  readonly name?: string
  /** Makes the actors of other nodes reachable, and those of this one for them. One system a cluster and process. */
  readonly cluster?: Cluster
  /** Bytes that a message takes, for what is told of memory. Default: an estimate that looks one level deep. */
  readonly messageSize?: MessageSize
  /** Names of actors that `actor.process.info` tells of every five seconds. */
  readonly watched?: readonly string[]
}

/** Actors that know one another. */
export interface ActorSystem {
  spawn<M>(behavior: Behavior<M>, options?: SpawnOptions): Pid
  /** Waits for room in the mailbox. Never rejects. */
  send(to: Address, message: unknown): Promise<SendResult>
  trySend(to: Address, message: unknown): SendResult
  /**
   * Asks a server and waits for its reply. Rejects with a `CallError`: at once when there is nobody and when the server ends, after
   * `timeoutMs`, default 5,000, otherwise. A reply that comes later is dropped.
   */
  call(to: Address, request: unknown, options?: CallOptions): Promise<unknown>
  /** Tells a server something that it does not reply to. */
  cast(to: Address, message: unknown): Promise<SendResult>
  /** Ends an actor when what it is handling is done; what waits is not handled any more. */
  stop(pid: Pid, reason?: ExitReason): void
  /** Sends an exit signal, as `exit/2` of Erlang. From outside of any actor it comes from `<0.0.0>`, which is nobody. */
  exit(pid: Pid, reason: ExitReason): void
  link(one: Pid, other: Pid): void
  unlink(one: Pid, other: Pid): void
  /** Calls `tell` once when the actor has ended; at once, with `noproc`, when there is none. What it throws is uncaught. */
  monitor(target: Address, tell: Tell): MonitorRef
  demonitor(target: Pid, ref: MonitorRef): boolean
  /** Throws `name_taken`, and `actor_not_found` for a dead one. An actor has one name at a time. */
  register(name: string, pid: Pid): void
  /** False when nobody has it. */
  unregister(name: string): boolean
  whereis(name: string): Pid | undefined
  sendAfter(ms: number, to: Address, message: unknown): TimerRef
  cancelTimer(ref: TimerRef): boolean
  isAlive(pid: Pid): boolean
  info(pid: Pid): ActorInfo | undefined
  /** All that live at a glance, as JSON can say it. Looks at each actor once: a few milliseconds for a hundred thousand. */
  observer(): Observation
  /** All that live, the oldest first. */
  processes(): readonly Pid[]
  /** The actor that has a name on another node, whoever that is then. */
  remote(node: string, name: string): RemoteName
  /** Nodes whose actors can be reached. */
  nodes(): readonly string[]
  /** Nanoseconds to a node and back. Rejects with a `ClusterError`. */
  ping(node: string): Promise<number>
  /** Resolves when no actor has anything to do. */
  idle(): Promise<void>
  /**
   * Ends all actors, the youngest first, with `shutdown`; those with a supervisor are ended by it. Those that need longer than `timeoutMs`, default
   * 5,000, are killed.
   */
  shutdown(timeoutMs?: number): Promise<void>
}
