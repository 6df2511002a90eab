import { actorEvents } from '../catalog/actor.ts'
import { actorRegistryEvents } from '../catalog/actor-registry.ts'
import { actorServerEvents } from '../catalog/actor-server.ts'
import { exemptFromSampling } from '../catalog/exempt-from-sampling.ts'
import type { Bus, Span } from '../core/types.ts'
import type { Address } from './actor.ts'
import { type Cell, type Envelope, NOT_STAMPED } from './cell.ts'
import { type ExitReason, exitKind, formatReason } from './exit-reason.ts'
import { isPromise } from './is-promise.ts'
import { messageType } from './message-type.ts'
import type { Pid } from './pid.ts'
import { createServerTelemetry, type ServerTelemetry } from './server-telemetry.ts'
import { whose } from './whose.ts'

type SignalName = 'exit' | 'down' | 'stop' | 'kill'

/** What a system says of itself. Where nobody listens nothing is made. */
export interface ActorTelemetry extends ServerTelemetry {
  /** An actor is being made: what it gives ends when it has been started. */
  spawning(type: string, name: string | undefined): Span | undefined
  spawned(cell: Cell): void
  started(cell: Cell): void
  /** It has ended; of interest when it was not started yet. */
  notStarted(cell: Cell, reason: ExitReason): void
  stopped(cell: Cell, reason: ExitReason): void
  panicked(cell: Cell, error: unknown): void
  /** Whether messages have to be stamped when they are sent. */
  asksForWaits(): boolean
  /** Whether each message that is handled is told of. */
  watchesMessages(): boolean
  /** A message is on its way: what it gives ends when it has been taken, or not. */
  sending(cell: Cell, message: unknown, from: Pid | undefined): Span | undefined
  sent(cell: Cell, envelope: Envelope): void
  notSent(envelope: Envelope, reason: 'mailbox_full' | 'actor_not_found'): void
  failed(to: Address, cell: Cell | undefined, reason: 'mailbox_full' | 'actor_not_found' | 'not_serializable'): void
  dequeued(cell: Cell, envelope: Envelope): void
  handle(cell: Cell, envelope: Envelope, body: () => unknown): unknown
  /** Whether somebody listens to what waits in mailboxes. */
  watchesDepth(): boolean
  depth(cell: Cell): void
  mailboxFull(cell: Cell): void
  linked(pid: Pid, target: Pid): void
  monitored(pid: Pid | undefined, target: Address): void
  signalSent(signal: SignalName, reason?: ExitReason): void
  signalReceived(signal: SignalName, cell: Cell): void
  signalIgnored(signal: SignalName, cell: Cell): void
  registry(what: 'registered' | 'unregistered' | 'conflict', name: string, size: number): void
  lookup(name: string, found: boolean, size: number): void
  timer(what: 'scheduled' | 'cancelled' | 'delivered', active: number): void
}

/** Looks the events up once: these are the hottest of the library. */
export function createActorTelemetry(bus: Bus): ActorTelemetry {
  exemptFromSampling(actorEvents, actorRegistryEvents, actorServerEvents)
  const spawn = bus.operation('actor.spawn')
  const spawned = bus.event('actor.spawned')
  const started = bus.event('actor.started')
  const stopped = bus.event('actor.stopped')
  const panicked = bus.event('actor.panicked')
  const send = bus.operation('actor.message.send')
  const sent = bus.event('actor.message.sent')
  const failed = bus.event('actor.message.failed')
  const dequeued = bus.event('actor.message.dequeued')
  const handle = bus.operation('actor.message.handle')
  const depth = bus.event('actor.mailbox.depth')
  const full = bus.event('actor.mailbox.full')
  const linked = bus.event('actor.link.created')
  const monitored = bus.event('actor.monitor.created')
  const signals = {
    sent: bus.event('actor.signal.sent'),
    received: bus.event('actor.signal.received'),
    ignored: bus.event('actor.signal.ignored'),
    exit: bus.event('actor.signal.exit'),
  }
  const registry = {
    registered: bus.event('actor.registry.registered'),
    unregistered: bus.event('actor.registry.unregistered'),
    conflict: bus.event('actor.registry.conflict'),
  }
  const lookup = bus.event('actor.registry.lookup')
  const timers = {
    scheduled: bus.event('actor.timer.scheduled'),
    cancelled: bus.event('actor.timer.cancelled'),
    delivered: bus.event('actor.timer.delivered'),
  }
  const waitOf = ({ sentAt }: Envelope) => (sentAt === NOT_STAMPED ? 0 : bus.clock.monotonicTime() - sentAt)

  return {
    ...createServerTelemetry(bus),
    spawning(type, name) {
      return spawn.enabled ? spawn.start({ type, ...(name !== undefined && { name }) }) : undefined
    },
    spawned(cell) {
      if (!spawned.enabled) return
      const name = cell.name === undefined ? {} : { name: cell.name }
      spawned.execute({ active: cell.tally.active }, { ...whose(cell), ...name })
    },
    started(cell) {
      cell.spawning?.stop({}, { pid: cell.pid.toString() })
      cell.spawning = undefined
      if (started.enabled) started.execute({}, whose(cell))
    },
    notStarted(cell, reason) {
      cell.spawning?.set({ pid: cell.pid.toString() })
      cell.spawning?.exception(typeof reason === 'object' && 'panic' in reason ? reason.panic : formatReason(reason))
      cell.spawning = undefined
    },
    stopped(cell, reason) {
      if (depth.enabled) depth.execute(depthOf(cell), whose(cell))
      if (!stopped.enabled) return
      const lifetime = bus.clock.monotonicTime() - cell.spawnedAt
      stopped.execute({ lifetime, active: cell.tally.active }, { ...whose(cell), reason: exitKind(reason) })
    },
    panicked(cell, error) {
      if (panicked.enabled) panicked.execute({}, { ...whose(cell), error })
    },
    asksForWaits: () => dequeued.enabled || handle.enabled,
    watchesMessages: () => handle.enabled,
    sending(cell, message, from) {
      return send.enabled ? send.start(aboutMessage(cell, message, from)) : undefined
    },
    sent(cell, { from, message, sending }) {
      sending?.stop()
      if (sent.enabled) sent.execute({}, aboutMessage(cell, message, from))
    },
    notSent({ sending }, reason) {
      sending?.exception(reason)
    },
    failed(to, cell, reason) {
      if (!failed.enabled) return
      failed.execute({}, { to: String(to), ...(cell !== undefined && { type: cell.type }), reason })
    },
    dequeued(cell, envelope) {
      if (dequeued.enabled) dequeued.execute({ queue_time: waitOf(envelope) }, whose(cell))
    },
    handle(cell, envelope, body) {
      if (!handle.enabled) return body()
      const metadata = { ...whose(cell), ...messageType(envelope.message) }
      return bus.span('actor.message.handle', metadata, (span) => {
        span.measure({ queue_time: waitOf(envelope) })
        const result = body()
        // A thenable may settle twice, which a promise does not.
        return isPromise(result) ? Promise.resolve(result) : result
      })
    },
    watchesDepth: () => depth.enabled,
    depth(cell) {
      if (depth.enabled) depth.execute(depthOf(cell), whose(cell))
    },
    mailboxFull(cell) {
      if (full.enabled) full.execute({}, whose(cell))
    },
    linked(pid, target) {
      if (linked.enabled) linked.execute({}, { pid: pid.toString(), target: target.toString() })
    },
    monitored(pid, target) {
      if (!monitored.enabled) return
      monitored.execute({}, { ...(pid !== undefined && { pid: pid.toString() }), target: target.toString() })
    },
    signalSent(signal, reason) {
      const kind = reason === undefined ? {} : { reason: exitKind(reason) }
      if (signals.sent.enabled) signals.sent.execute({}, { signal, ...kind })
      if (signal === 'exit' && reason !== undefined && signals.exit.enabled)
        signals.exit.execute({}, { reason: exitKind(reason) })
    },
    signalReceived(signal, cell) {
      if (signals.received.enabled) signals.received.execute({}, { signal, ...whose(cell) })
    },
    signalIgnored(signal, cell) {
      if (signals.ignored.enabled) signals.ignored.execute({}, { signal, ...whose(cell) })
    },
    registry(what, name, size) {
      if (registry[what].enabled) registry[what].execute({ size }, { name })
    },
    lookup(name, found, size) {
      if (lookup.enabled) lookup.execute({ size }, { name, found })
    },
    timer(what, active) {
      if (timers[what].enabled) timers[what].execute({ active }, {})
    },
  }
}

function aboutMessage({ pid, type }: Cell, message: unknown, from: Pid | undefined) {
  return { to: pid.toString(), type, ...(from !== undefined && { from: from.toString() }), ...messageType(message) }
}

function depthOf({ mailbox, capacity, tally }: Cell) {
  return {
    depth: mailbox.length,
    capacity,
    utilization: mailbox.length / capacity,
    type_depth: tally.depth,
    type_utilization: tally.maxUtilization,
    type_max_depth: tally.maxDepth,
  }
}
