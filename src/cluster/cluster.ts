import { randomInt } from 'node:crypto'
import { telemetry as defaultBus } from '../core/default-bus.ts'
import { TelemetryError } from '../core/errors.ts'
import { toDetach } from '../core/lifecycle.ts'
import type { Detach } from '../core/types.ts'
import { ClusterError } from './cluster-error.ts'
import { type ClusterOptions, checkCluster } from './cluster-options.ts'
import { type Frame, readFrame, writeFrame } from './frame.ts'
import { type ClusterNode, createMembers, type Member, type NodeChange } from './members.ts'
import { createPings } from './pings.ts'
import { createClusterTelemetry } from './telemetry.ts'
import type { ClusterConnection } from './transport.ts'

type Receive = (body: unknown, from: ClusterNode) => void

/** This process as part of a cluster. */
export interface Cluster {
  readonly name: string
  readonly incarnation: number
  /** The others that are there. */
  nodes(): readonly ClusterNode[]
  /**
   * Sends what JSON can say to one node; what was sent arrives in order, once or never. Returns the size in bytes. Throws `ClusterError`; what is lost on the
   * way is told where it was to arrive, as `cluster.gap.detected`.
   */
  send(node: string, channel: string, body: unknown): number
  /** What comes on a channel. One receiver a channel. */
  receive(channel: string, receive: Receive): Detach
  onChange(tell: (change: NodeChange) => void): Detach
  /** Nanoseconds to a node and back. Rejects with a `ClusterError`, after 5 s with `timeout`. */
  ping(node: string): Promise<number>
  /** Says good-bye; the others see it at once. */
  leave(): Promise<void>
}

/** Channels of the cluster itself. */
const OWN = { hello: '$hello', beat: '$beat', bye: '$bye', ping: '$ping', pong: '$pong' } as const
const MISSED_BEATS = 3

/** Makes this process part of a cluster. Rejects when the transport cannot connect; throws `invalid_option`. */
export async function joinCluster(options: ClusterOptions): Promise<Cluster> {
  const { transport, name, bus = defaultBus } = options
  const { prefix, heartbeatMs, maxBytes } = checkCluster(options)
  const { clock } = bus
  const incarnation = randomInt(2 ** 32)
  const telemetry = createClusterTelemetry(bus)
  const everybody = `${prefix}.all`
  const subjectOf = (node: string) => `${prefix}.node.${node}`
  const receivers = new Map<string, Receive>()
  const listeners = new Set<(change: NodeChange) => void>()
  const members = createMembers(clock, (change) => {
    telemetry.changed(change, members.size)
    for (const tell of [...listeners]) tell(change)
  })
  let isConnected = true
  let connection: ClusterConnection | undefined

  /** Says something to all, if they can be reached. */
  function announce(channel: string): void {
    try {
      connection?.publish(everybody, writeFrame({ node: name, incarnation, channel }))
    } catch {
      // The transport says so itself, by its status.
    }
  }

  function onStatus(status: 'connected' | 'disconnected'): void {
    isConnected = status === 'connected'
    if (isConnected) announce(OWN.hello)
    else for (const node of members.all()) members.remove(node.name, 'disconnected')
  }

  function send(node: string, channel: string, body: unknown): number {
    const member = members.get(node)
    if (member === undefined || connection === undefined || !isConnected)
      throw new ClusterError(members.wasSeen(node) ? 'reconnect_failed' : 'connection_failed', node)
    const sequence = member.sent + 1
    const { incarnation: to, link } = member
    const text = writeFrame({ node: name, incarnation, to, link, sequence, channel, body })
    const size = Buffer.byteLength(text)
    if (size > maxBytes) throw new ClusterError('too_large', node)
    publish(connection, { node, text, size })
    member.sent = sequence
    return size
  }

  function publish(
    to: ClusterConnection,
    { node, text, size }: { readonly node: string; readonly text: string; readonly size: number },
  ): void {
    const subject = subjectOf(node)
    try {
      telemetry.publishing(subject, size, () => to.publish(subject, text))
    } catch (cause) {
      throw new ClusterError('write_failed', node, { cause })
    }
  }

  function onText(text: string): void {
    const frame = readFrame(text)
    if (frame === undefined) telemetry.dropped('malformed')
    else if (frame.node === name) {
      if (frame.incarnation !== incarnation) telemetry.dropped('own_name')
    } else if (frame.to !== undefined && frame.to !== incarnation) telemetry.dropped('stale')
    else onFrame(frame)
  }

  function onFrame(frame: Frame): void {
    if (frame.channel === OWN.bye) {
      if (members.get(frame.node)?.incarnation === frame.incarnation) members.remove(frame.node, 'left')
      return
    }
    const isNew = members.get(frame.node)?.incarnation !== frame.incarnation
    const member = members.see({ name: frame.node, incarnation: frame.incarnation })
    // It is to know of us at once, and not by our next beat.
    if (frame.to === undefined && (isNew || frame.channel === OWN.hello)) trySend(frame.node, OWN.hello)
    if (!isNext(member, frame)) return
    try {
      receivers.get(frame.channel)?.(frame.body, { name: frame.node, incarnation: frame.incarnation })
    } catch (error) {
      // Of whoever receives; the next frame is to come all the same.
      queueMicrotask(() => {
        throw error
      })
    }
  }

  /** False for what has come before. */
  function isNext(member: Member, { node, link, sequence }: Frame): boolean {
    if (link === undefined || sequence === undefined) return true
    // It has begun to count anew: it had not heard of us for a while.
    if (link !== member.theirLink) member.received = 0
    member.theirLink = link
    if (sequence <= member.received) {
      telemetry.dropped('duplicate')
      return false
    }
    const missed = sequence - member.received - 1
    if (missed > 0) telemetry.missed(node, missed)
    member.received = sequence
    return true
  }

  function trySend(node: string, channel: string, body?: unknown): void {
    try {
      send(node, channel, body)
    } catch {
      // It asks again, or is seen to be down.
    }
  }

  const pings = createPings(clock, { ask: (node, id) => send(node, OWN.ping, id), onChange })
  receivers.set(OWN.ping, (id, { name: node }) => trySend(node, OWN.pong, id))
  receivers.set(OWN.pong, (id) => pings.answer(id))

  function onChange(tell: (change: NodeChange) => void): Detach {
    listeners.add(tell)
    return toDetach(() => listeners.delete(tell))
  }

  connection = await transport.connect({ node: name, onStatus })
  const ends = [connection.subscribe(everybody, onText), connection.subscribe(subjectOf(name), onText)]
  const stopNaming = bus.enrich(() => ({ node: name }))
  announce(OWN.hello)
  const stopBeating = clock.every(heartbeatMs, () => {
    announce(OWN.beat)
    members.expire(MISSED_BEATS * heartbeatMs)
  })

  return {
    name,
    incarnation,
    nodes: members.all,
    send,
    receive(channel, receive) {
      if (receivers.has(channel))
        throw new TelemetryError('already_attached', `cluster: somebody receives '${channel}' already`)
      receivers.set(channel, receive)
      return toDetach(() => receivers.delete(channel))
    },
    onChange,
    ping: pings.ping,
    async leave() {
      if (connection === undefined) return
      announce(OWN.bye)
      const closing = connection
      connection = undefined
      stopBeating()
      stopNaming()
      for (const end of ends) end()
      for (const node of members.all()) members.remove(node.name, 'left')
      await closing.flush()
      await closing.close()
    },
  }
}
