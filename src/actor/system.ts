import { randomInt } from 'node:crypto'
import { ClusterError } from '../cluster/cluster-error.ts'
import { outsideContext } from '../context/outside-context.ts'
import { telemetry as defaultBus } from '../core/default-bus.ts'
import { TelemetryError } from '../core/errors.ts'
import type { Bus } from '../core/types.ts'
import type { ActorSystem, ActorSystemOptions } from './actor-system.ts'
import { call, cast } from './call.ts'
import { sendExit, stop } from './exits.ts'
import { infoOf, observe } from './info.ts'
import { link, monitor, unlink } from './links.ts'
import { estimateSize } from './message-size.ts'
import { send, trySend } from './messages.ts'
import { register, unregister } from './names.ts'
import { Pid } from './pid.ts'
import { startPolling } from './polling.ts'
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

/** Makes a system of actors. It keeps the process alive while one of them has something to do, and not otherwise. */
export function createActorSystem({
  bus = defaultBus,
  cluster,
  messageSize = estimateSize,
  watched = [],
  name = cluster?.name ?? '',
}: ActorSystemOptions = {}): ActorSystem {
  if (!/^[\w-]{0,64}$/.test(name))
    throw new TelemetryError('invalid_option', "actor: 'name' must be of letters, digits, _ and -")
  if (cluster !== undefined && name !== cluster.name)
    throw new TelemetryError('invalid_option', `actor: 'name' must be that of the cluster, '${cluster.name}'`)
  const runtime = createRuntime(bus, {
    name,
    sizeOf: messageSize,
    incarnation: cluster?.incarnation ?? randomInt(2 ** 32),
  })
  if (cluster !== undefined) runtime.remote = createRemote(runtime, cluster)
  const stopPolling = startPolling(runtime, watched)
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
      cell.abort?.abort()
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
      return cell && infoOf(runtime, cell)
    },
    observer: () => observe(runtime),
    processes: () => [...cells.values()].map(({ pid }) => pid),
    remote: (node, wanted) => new RemoteName(node, wanted),
    nodes: () => runtime.remote?.nodes() ?? [],
    ping: (node) => runtime.remote?.ping(node) ?? Promise.reject(new ClusterError('connection_failed', node)),
    idle: scheduler.idle,
    async shutdown(timeoutMs = 5_000) {
      await shutdown(runtime, timeoutMs)
      stopPolling()
      runtime.remote?.close()
      runtime.remote = undefined
    },
  }
}

function createRuntime(bus: Bus, own: Pick<Runtime, 'name' | 'incarnation' | 'sizeOf'>): Runtime {
  const { clock } = bus
  // The parts need the runtime, and it is made of them.
  const runtime: Runtime = {
    bus,
    clock,
    ...own,
    nobody: new Pid(own.name, 0, own.incarnation),
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
    isTallied: false,
    remote: undefined,
  }
  const timers = createTimers(runtime)
  return runtime
}
