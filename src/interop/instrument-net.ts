import type { Socket as UdpSocket } from 'node:dgram'
import type { Server, Socket } from 'node:net'
import type { Bus, Detach } from '../core/types.ts'
import { checkOptions } from './check-options.ts'
import { instrumentOnce } from './instrument-once.ts'
import { clientConnections } from './net/client-connections.ts'
import { listening } from './net/listening.ts'
import { serverConnections } from './net/server-connections.ts'
import { udpSockets } from './net/udp-sockets.ts'
import { observeOpened } from './observe-opened.ts'

export interface InstrumentNetOptions {
  /** Connections made; default true. */
  readonly client?: boolean
  /** Connections accepted, and calls of `listen`; default true. */
  readonly server?: boolean
  /** UDP sockets; default true. */
  readonly udp?: boolean
  /**
   * What is not told of. It is asked when Node publishes: where a client's socket goes is not known by then, so exporters use
   * `suppressInstrumentation` of `sonde/delivery`.
   */
  readonly ignore?: (opened: Socket | UdpSocket | Server) => boolean
}

const OPTIONS = { client: 'boolean', server: 'boolean', udp: 'boolean', ignore: 'function' } as const

/**
 * Emits `net.client.connection.*`, `net.server.connection.*`, `net.server.listen.*` and `net.udp.socket.*` from Node's
 * diagnostics channels: nothing is patched. Each is subscribed to only while somebody listens; what was opened before is not
 * told of, and what is open when the function returned is called, still ends.
 *
 * Left out is what `post` of `sonde/delivery`, the StatsD handler and `suppressInstrumentation` open, the servers of
 * `sonde/http`, and what handlers of these events open at once. What a handler opens later is told of, the connection of
 * OTLP over gRPC for one. A second call for the same bus throws `already_instrumented`, bad options `invalid_option`.
 */
export function instrumentNet(bus: Bus, options: InstrumentNetOptions = {}): Detach {
  checkOptions('instrumentNet', options, OPTIONS)
  const { client = true, server = true, udp = true, ignore } = options
  return instrumentOnce(bus, 'net', () => [
    ...(client ? [observeOpened(bus, clientConnections(bus.clock), ignore)] : []),
    ...(server ? [observeOpened(bus, serverConnections, ignore), observeOpened(bus, listening, ignore)] : []),
    ...(udp ? [observeOpened(bus, udpSockets, ignore)] : []),
  ])
}
