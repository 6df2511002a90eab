import type { EventEmitter } from 'node:events'
import { type AddressInfo, createServer, type ListenOptions, type Server, type Socket } from 'node:net'
import { createBus } from '../../../src/core/bus.ts'
import type { Bus } from '../../../src/core/types.ts'
import { type InstrumentNetOptions, instrumentNet } from '../../../src/interop/instrument-net.ts'
import { type Recorded, record } from '../../core/recorder.ts'

export interface InstrumentedNet extends Disposable {
  readonly bus: Bus
  /** Events of the pattern so far, in order. */
  readonly events: Recorded[]
}

/** A bus of its own that is told of connections, and what it emits. */
export function instrumentedNet(pattern: string, options?: InstrumentNetOptions): InstrumentedNet {
  const bus = createBus()
  const events = record(bus, pattern)
  const detach = instrumentNet(bus, options)
  return { bus, events, [Symbol.dispose]: () => void detach() }
}

export interface Listening extends AsyncDisposable {
  readonly server: Server
  /** 0 for a Unix socket. */
  readonly port: number
}

/** A server that gives each connection to `accept`, on a free port of 127.0.0.1 unless `where` says otherwise. */
export async function listen(
  accept: (socket: Socket) => void,
  where: ListenOptions = { port: 0, host: '127.0.0.1' },
): Promise<Listening> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    accept(socket)
  })
  await new Promise<void>((resolve) => server.listen(where, resolve))
  // The cast: one that listens has an address.
  const address = server.address() as AddressInfo | string
  return {
    server,
    port: typeof address === 'string' ? 0 : address.port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Resolves when the socket, server or thread has told of its close; its errors are of no interest. */
export function closed(emitter: EventEmitter): Promise<void> {
  emitter.on('error', () => {})
  return new Promise((resolve) => emitter.once('close', () => resolve()))
}
