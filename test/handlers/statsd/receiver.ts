import { createSocket } from 'node:dgram'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A receiver on a port of 127.0.0.1, or on a Unix socket, that keeps what it gets. */
export interface Receiver {
  readonly port: number
  /** Datagrams; of a stream, what each connection has sent so far. */
  readonly packets: readonly Buffer[]
  text(): string
  /** Resolves when `holds` is true of the text. The time limit is the test's. */
  until(holds: (text: string) => boolean): Promise<void>
  /** Ends it, and its connections, at once. */
  close(): Promise<void>
}

/** Receives datagrams. Port 0 is any free one. */
export async function receiveUdp(port = 0): Promise<Receiver> {
  const packets: Buffer[] = []
  const socket = createSocket('udp4')
  const { notify, until } = createWaiting(() => textOf(packets))
  socket.on('message', (packet) => {
    packets.push(packet)
    notify()
  })
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve))
  const close = () => new Promise<void>((resolve) => socket.close(resolve))
  return { port: socket.address().port, packets, text: () => textOf(packets), until, close }
}

/** Receives a stream on a port, 0 for any, or on the path of a Unix socket. */
export async function receiveStream(where: number | string = 0): Promise<Receiver> {
  const packets: Buffer[] = []
  const connections = new Set<Socket>()
  const { notify, until } = createWaiting(() => textOf(packets))
  const server = createServer((connection) => {
    const index = packets.push(Buffer.alloc(0)) - 1
    connections.add(connection)
    connection.on('close', () => connections.delete(connection))
    connection.on('error', () => {})
    connection.on('data', (chunk) => {
      packets[index] = Buffer.concat([packets[index] ?? Buffer.alloc(0), chunk])
      notify()
    })
  })
  await new Promise<void>((resolve) => {
    if (typeof where === 'string') server.listen(where, resolve)
    else server.listen(where, '127.0.0.1', resolve)
  })
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const connection of connections) connection.destroy()
    })
  const address: AddressInfo | string | null = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { port, packets, text: () => textOf(packets), until, close }
}

function textOf(packets: readonly Buffer[]): string {
  return Buffer.concat(packets).toString()
}

function createWaiting(text: () => string) {
  const waiting = new Set<() => void>()
  return {
    notify() {
      for (const check of waiting) check()
    },
    until: (holds: (text: string) => boolean) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (!holds(text())) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
  }
}
