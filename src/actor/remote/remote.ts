import type { Cluster } from '../../cluster/cluster.ts'
import { ClusterError } from '../../cluster/cluster-error.ts'
import { currentScope } from '../../context/current.ts'
import { inject } from '../../context/headers/inject.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { SendResult } from '../actor.ts'
import type { CallFailure } from '../call-error.ts'
import type { Cell } from '../cell.ts'
import type { ExitReason } from '../exit-reason.ts'
import type { Pid } from '../pid.ts'
import { RemoteName } from '../remote-name.ts'
import type { Runtime } from '../runtime.ts'
import { createNodeTelemetry } from './node-telemetry.ts'
import { createPending } from './pending.ts'
import { createPidKind } from './pid-kind.ts'
import { type RemoteRequest, readRequest, writeRequest } from './protocol.ts'
import { createRemoteLinks } from './remote-links.ts'
import { createRemoteServer } from './server.ts'

/** An actor of another node. */
export type RemoteAddress = Pid | RemoteName

/** A call of one. */
export interface RemoteCall {
  readonly request: unknown
  readonly from: Pid | undefined
  readonly timeoutMs: number
  reply(value: unknown): void
  fail(failure: CallFailure, reason?: ExitReason): void
}

/** What actors of this node do with those of others. */
export interface Remote {
  send(op: 'send' | 'cast', to: RemoteAddress, message: unknown, from: Pid | undefined): SendResult
  /** What is returned tells the other side that nobody waits any more. */
  call(to: RemoteAddress, call: RemoteCall): () => void
  /** `tell` is called once. What is returned takes the monitor away. */
  monitor(to: RemoteAddress, tell: (reason: ExitReason, pid?: Pid) => void): () => void
  exit(to: Pid, from: Pid, reason: ExitReason): void
  link(cell: Cell, to: Pid): void
  unlink(cell: Cell, from: Pid): void
  /** Tells those that are linked to an actor of its end. */
  ended(cell: Cell, reason: ExitReason): void
  nodes(): readonly string[]
  ping(node: string): Promise<number>
  close(): void
}

const CHANNEL = 'actor'
const PING_EVERY_MS = 5_000

export function createRemote(runtime: Runtime, cluster: Cluster): Remote {
  const telemetry = createNodeTelemetry(runtime.bus)
  const kinds = [createPidKind(runtime)]
  const pending = createPending()
  const links = createRemoteLinks(runtime)
  const server = createRemoteServer(runtime, { answer: transmit, onAnswer: pending.answer, links })

  function transmit(node: string, request: RemoteRequest): SendResult {
    try {
      const scope = currentScope()
      const body = writeRequest(request, kinds)
      const size = cluster.send(node, CHANNEL, scope === undefined ? { body } : { body, context: inject({}, scope) })
      if (isMessage(request)) telemetry.sent(node, size)
      return 'sent'
    } catch (error) {
      if (error instanceof ClusterError) telemetry.failed(node, error.failure)
      else {
        telemetry.notEncoded('message' in request ? request.message : undefined)
        telemetry.failed(node, 'serialization_error')
      }
      return error instanceof WireError ? 'not_serializable' : 'noconnection'
    }
  }

  function onBody(frame: unknown, node: string): void {
    let request: RemoteRequest
    try {
      if (typeof frame !== 'object' || frame === null || !('body' in frame)) throw new TypeError('not a request')
      request = readRequest(frame.body, kinds)
    } catch {
      telemetry.notDecoded()
      return
    }
    server.handle(node, request, 'context' in frame ? frame.context : undefined)
  }

  function lose(node: string): void {
    pending.lose(node)
    links.lose(node)
    server.forget(node)
  }

  const ends = [
    cluster.receive(CHANNEL, (frame, { name }) => onBody(frame, name)),
    cluster.onChange((change) => {
      const { name } = change.node
      const active = cluster.nodes().length
      if (change.type === 'up') telemetry.connected(name, active)
      else {
        telemetry.disconnected(name, change.reason, active)
        lose(name)
      }
    }),
    runtime.clock.every(PING_EVERY_MS, () => {
      if (!telemetry.watchesPings()) return
      for (const { name } of cluster.nodes()) telemetry.ping(name, () => cluster.ping(name))
    }),
  ]
  for (const [i, { name }] of cluster.nodes().entries()) telemetry.connected(name, i + 1)

  return {
    send(op, to, message, from) {
      const about = { to: targetOf(to), message, ...(from && { from }) }
      return transmit(to.node, { op, ...about })
    },
    call(to, { request, from, timeoutMs, reply, fail }) {
      const { node } = to
      const ref = runtime.nextRef++
      pending.add(ref, {
        node,
        answer(answer) {
          if (answer.op === 'reply') reply(answer.message)
          else if (answer.op === 'fail') fail(answer.failure, answer.reason)
        },
        lost: () => fail('noconnection'),
      })
      const about = { ref, to: targetOf(to), message: request, timeoutMs, ...(from && { from }) }
      const sent = transmit(node, { op: 'call', ...about })
      if (sent !== 'sent' && pending.remove(ref)) fail(sent === 'not_serializable' ? sent : 'noconnection')
      return () => {
        if (!pending.remove(ref)) return
        telemetry.failed(node, 'timeout')
        transmit(node, { op: 'cancel', ref })
      }
    },
    monitor(to, tell) {
      const { node } = to
      const ref = runtime.nextRef++
      pending.add(ref, {
        node,
        answer(answer) {
          if (answer.op === 'down') tell(answer.reason, answer.pid)
        },
        lost: () => tell('noconnection'),
      })
      const sent = transmit(node, { op: 'monitor', ref, to: targetOf(to) })
      if (sent !== 'sent' && pending.remove(ref)) tell('noconnection')
      return () => {
        if (pending.remove(ref)) transmit(node, { op: 'cancel', ref })
      }
    },
    exit(to, from, reason) {
      runtime.telemetry.signalSent(reason === 'kill' ? 'kill' : 'exit', reason)
      transmit(to.node, { op: 'exit', to, from, reason })
    },
    link(cell, to) {
      if (!links.add(cell, to)) return
      if (transmit(to.node, { op: 'link', to, from: cell.pid }) === 'sent') runtime.telemetry.linked(cell.pid, to)
      else links.exit(cell, to, 'noconnection')
    },
    unlink(cell, from) {
      links.remove(cell, from)
      transmit(from.node, { op: 'unlink', to: from, from: cell.pid })
    },
    ended(cell, reason) {
      for (const to of links.take(cell)) {
        runtime.telemetry.signalSent('exit', reason)
        transmit(to.node, { op: 'linked_exit', to, from: cell.pid, reason })
      }
    },
    nodes: () => cluster.nodes().map(({ name }) => name),
    ping: cluster.ping,
    close() {
      for (const end of ends) end()
      const nodes = cluster.nodes()
      for (const [i, { name }] of nodes.entries()) {
        telemetry.disconnected(name, 'shutdown', nodes.length - i - 1)
        lose(name)
      }
    },
  }
}

function targetOf(to: RemoteAddress): Pid | string {
  return to instanceof RemoteName ? to.name : to
}

function isMessage({ op }: RemoteRequest): boolean {
  return op === 'send' || op === 'cast' || op === 'call'
}
