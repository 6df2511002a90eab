import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from 'node:net'

/** A receiver on 127.0.0.1 for one test. */
export interface Receiver {
  readonly port: number
  /** With a path that stands for a secret. */
  readonly url: string
  readonly sockets: Set<Socket>
  /** Connections accepted so far. */
  readonly accepted: () => number
  close(): Promise<void>
}

/** A path and credentials that may appear nowhere. */
export const canaries = ['canary-path', 'canary-user', 'canary-pass'] as const

/** An HTTP server that answers with `handle`. */
export function httpReceiver(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<Receiver> {
  return listen(createServer(handle))
}

/** A TCP server that does what `handle` does and no more. */
export function socketReceiver(handle: (socket: Socket) => void): Promise<Receiver> {
  return listen(createSocketServer(handle))
}

/** All of the body of a request. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

async function listen(server: Server): Promise<Receiver> {
  const sockets = new Set<Socket>()
  let accepted = 0
  server.on('connection', (socket) => {
    accepted++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // The boundary: a server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  const [path, user, pass] = canaries
  return {
    port,
    url: `http://${user}:${pass}@127.0.0.1:${port}/hooks/${path}?k=1`,
    sockets,
    accepted: () => accepted,
    close,
  }
}
