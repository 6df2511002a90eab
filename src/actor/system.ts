import { randomInt } from 'node:crypto'
import type { Cluster } from '../cluster/cluster.ts'
import { ClusterError } from '../cluster/cluster-error.ts'
import { telemetry as defaultBus } from '../core/default-bus.ts'
import { TelemetryError } from '../core/errors.ts'
import type { Bus } from '../core/types.ts'
import type { Address, Behavior, MonitorRef, SendResult, SpawnOptions, TimerRef } from './actor.ts'
import { type CallOptions, call, cast } from './call.ts'
import type { Tell } from './cell.ts'
import type { ExitReason } from './exit-reason.ts'
import { sendExit, stop } from './exits.ts'
import { type ActorInfo, infoOf } from './info.ts'
import { link, monitor, unlink } from './links.ts'
import { send, trySend } from './messages.ts'
import { register, unregister } from './names.ts'
import { outsideContext } from './outside-context.ts'
import { Pid } from './pid.ts'
import { createRemote } from './remote/remote.ts'
import { RemoteName } from './remote-name.ts'
import { Ring } from './ring.ts'
import { cellOf, type Runtime } from './runtime.ts'
import { createScheduler } from './scheduler.ts'
import { shutdown } from './shutdown.ts'
import { spawn } from './spawn.ts'
import { createActorTelemetry } from './telemetry.ts'
import { createTimers } from './timers.ts'
import { runTurn } from './turn.ts'

export interface ActorSystemOptions {
  /** Default: the bus of the process. */
  readonly bus?: Bus
  /** Stands in pids. Default: that of the cluster, else none. */
  readonly name?: string
  /** Makes the actors of other nodes reachable, and those of this one for them. One system a cluster and process. */
  readonly cluster?: Cluster
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

/** Makes a system of actors. It keeps the process alive while one of them has something to do, and not otherwise. */
export function createActorSystem({
  bus = defaultBus,
  cluster,
  name = cluster?.name ?? '',
}: ActorSystemOptions = {}): ActorSystem {
  if (!/^[\w-]{0,64}$/.test(name))
    throw new TelemetryError('invalid_option', "actor: 'name' must be of letters, digits, _ and -")
  if (cluster !== undefined && name !== cluster.name)
    throw new TelemetryError('invalid_option', `actor: 'name' must be that of the cluster, '${cluster.name}'`)
  const runtime = createRuntime(bus, name, cluster?.incarnation)
  if (cluster !== undefined) runtime.remote = createRemote(runtime, cluster)
  const { cells, names, timers, scheduler, nobody } = runtime

  return {
    spawn: (behavior, options = {}) => spawn(runtime, behavior, options).pid,
    send: (to, message) => send(runtime, to, message, undefined),
    trySend: (to, message) => trySend(runtime, to, message, undefined),
    call: (to, request, options = {}) => call(runtime, to, request, { ...options, caller: undefined }),
    cast: (to, message) => cast(runtime, to, message, undefined),
    stop(pid, reason = 'normal') {
      const cell = cellOf(runtime, pid)
      if (cell === undefined) return
      runtime.telemetry.signalSent('stop')
      runtime.telemetry.signalReceived('stop', cell)
      stop(runtime, cell, reason)
    },
    exit(pid, reason) {
      sendExit(runtime, pid, { from: nobody, reason })
    },
    link(one, other) {
      const cell = cellOf(runtime, one)
      if (cell !== undefined) link(runtime, cell, other)
    },
    unlink(one, other) {
      const cell = cellOf(runtime, one)
      if (cell !== undefined) unlink(runtime, cell, other)
    },
    monitor: (target, tell) => monitor(runtime, target, tell),
    demonitor: (target, { monitor: ref }) => cellOf(runtime, target)?.watchers?.delete(ref) ?? false,
    register(wanted, pid) {
      const cell = cellOf(runtime, pid)
      if (cell === undefined) throw new TelemetryError('actor_not_found', `actor: ${pid} does not live any more`)
      register(runtime, wanted, cell)
    },
    unregister(wanted) {
      const cell = names.get(wanted)
      return cell !== undefined && unregister(runtime, cell)
    },
    whereis(wanted) {
      const cell = names.get(wanted)
      runtime.telemetry.lookup(wanted, cell !== undefined, names.size)
      return cell?.pid
    },
    sendAfter: (ms, to, message) => timers.sendAfter(ms, to, message, undefined),
    cancelTimer: timers.cancel,
    isAlive: (pid) => cellOf(runtime, pid) !== undefined,
    info(pid) {
      const cell = cellOf(runtime, pid)
      return cell && infoOf(cell)
    },
    processes: () => [...cells.values()].map(({ pid }) => pid),
    remote: (node, wanted) => new RemoteName(node, wanted),
    nodes: () => runtime.remote?.nodes() ?? [],
    ping: (node) => runtime.remote?.ping(node) ?? Promise.reject(new ClusterError('connection_failed', node)),
    idle: scheduler.idle,
    async shutdown(timeoutMs = 5_000) {
      await shutdown(runtime, timeoutMs)
      runtime.remote?.close()
      runtime.remote = undefined
    },
  }
}

function createRuntime(bus: Bus, name: string, incarnation: number = randomInt(2 ** 32)): Runtime {
  const { clock } = bus
  // The parts need the runtime, and it is made of them.
  const runtime: Runtime = {
    bus,
    clock,
    name,
    incarnation,
    nobody: new Pid(name, 0, incarnation),
    cells: new Map(),
    names: new Map(),
    tallies: new Map(),
    telemetry: createActorTelemetry(bus),
    deaths: new Ring(),
    scheduler: createScheduler(clock, (cell, end) => runTurn(runtime, cell, end), outsideContext),
    get timers() {
      return timers
    },
    nextPid: 1,
    nextRef: 1,
    nextOrder: 0,
    isTelling: false,
    remote: undefined,
  }
  const timers = createTimers(runtime)
  return runtime
}
