import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/**
 * What happens to a connection, from its beginning to its end. Bytes are those of the answer; the request passes as it is.
 *
 * - `none`: all passes.
 * - `latency`: everything `ms` later, in both directions.
 * - `drip`: one byte every `ms`.
 * - `bandwidth`: so many bytes a second.
 * - `reset`, `end`: after so many bytes a RST or a FIN.
 * - `stall`: after so many bytes nothing more, and the connection stays.
 * - `flip`: one bit of every `every`th byte.
 * - `black-hole`: the connection is accepted and nobody ever reads or answers.
 * - `half-open`: a FIN at once; what the client still says is read and forgotten.
 */
export type Fault =
  | { readonly kind: 'none' | 'black-hole' | 'half-open' }
  | { readonly kind: 'latency' | 'drip'; readonly ms: number }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  | { readonly kind: 'reset' | 'end' | 'stall'; readonly afterBytes: number }
  | { readonly kind: 'flip'; readonly every: number }

/** In milliseconds: a client that finds bytes and a reset behind them takes the reset for a FIN (libuv, on POLLHUP). */
const READ_MS = 20

/** A TCP proxy on 127.0.0.1 that can be made to fail. */
export interface FaultProxy {
  readonly port: number
  /** Connections accepted so far. */
  readonly accepted: () => number
  /** From now on connections behave so; those that are open are reset. A function is asked once a connection. */
  set(fault: Fault | (() => Fault)): void
  /** Stops to listen, so that clients get ECONNREFUSED, and resets what is open. */
  refuse(): Promise<void>
  /** Listens again, on the same port. */
  listen(): Promise<void>
  close(): Promise<void>
}

/** Draws one of `faults` a call: a schedule that a seed decides. */
export function drawFault(faults: readonly Fault[], next: () => number): () => Fault {
  return () => faults[Math.floor(next() * faults.length)] ?? { kind: 'none' }
}

/** Starts a proxy before the server on `target` that has no faults yet. */
export async function startFaultProxy(target: number): Promise<FaultProxy> {
  const open = new Set<Socket>()
  let fault: Fault | (() => Fault) = { kind: 'none' }
  let accepted = 0
  let port = 0

  const server = createServer({ allowHalfOpen: true }, (client) => {
    accepted++
    track(client, open)
    pass(client, typeof fault === 'function' ? fault() : fault, () => track(connect(target, '127.0.0.1'), open))
  })
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy()
  }
  const listen = async () => {
    port = await listenOn(server, port)
  }
  const refuse = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    cut()
    await closed
  }

  await listen()
  return {
    port,
    accepted: () => accepted,
    set(next) {
      fault = next
      cut()
    },
    refuse,
    listen,
    close: refuse,
  }
}

/** Where the bytes of the answer go. */
interface Way {
  write(chunk: Buffer): void
  /** The server has nothing more to say. */
  end(): void
}

function pass(client: Socket, fault: Fault, connectServer: () => Socket): void {
  if (fault.kind === 'black-hole') return void client.pause()
  if (fault.kind === 'half-open') return void client.end().resume()
  const server = connectServer()
  const later = (then: () => void) => void (fault.kind === 'latency' ? setTimeout(then, fault.ms) : then())
  client.on('data', (chunk: Buffer) => later(() => server.write(chunk)))
  client.on('end', () => later(() => server.end()))
  client.on('close', () => server.destroy())
  const way = wayBack(client, fault)
  server.on('data', (chunk: Buffer) => later(() => way.write(chunk)))
  server.on('close', () => later(() => way.end()))
}

function wayBack(client: Socket, fault: Fault): Way {
  switch (fault.kind) {
    case 'drip':
      return meter(client, 1, fault.ms)
    case 'bandwidth':
      return meter(client, Math.ceil(fault.bytesPerSecond / 100), 10)
    case 'flip':
      return flipping(client, fault.every)
    case 'reset':
      return cutting(client, fault.afterBytes, () => void setTimeout(() => client.resetAndDestroy(), READ_MS))
    case 'end':
      return cutting(client, fault.afterBytes, () => client.end())
    case 'stall':
      return cutting(client, fault.afterBytes, () => {})
    default:
      return { write: (chunk) => void client.write(chunk), end: () => void client.end() }
  }
}

/** Passes at most `bytes` every `ms`. */
function meter(client: Socket, bytes: number, ms: number): Way {
  let held = Buffer.alloc(0)
  let ended = false
  const timer = setInterval(() => {
    if (held.length > 0) client.write(held.subarray(0, bytes))
    else if (ended) client.end()
    held = held.subarray(bytes)
  }, ms)
  client.on('close', () => clearInterval(timer))
  return {
    write(chunk) {
      held = Buffer.concat([held, chunk])
    },
    end() {
      ended = true
    },
  }
}

function cutting(client: Socket, bytes: number, cut: () => void): Way {
  let room = bytes
  let isCut = false
  return {
    write(chunk) {
      if (isCut) return
      isCut = chunk.length >= room
      // The cut waits for the bytes before it.
      client.write(chunk.subarray(0, room), () => isCut && cut())
      room -= chunk.length
    },
    end() {
      if (!isCut) client.end()
    },
  }
}

function flipping(client: Socket, every: number): Way {
  let position = 0
  return {
    write(chunk) {
      client.write(chunk.map((byte) => (++position % every === 0 ? byte ^ 1 : byte)))
    },
    end: () => void client.end(),
  }
}

function track(socket: Socket, open: Set<Socket>): Socket {
  open.add(socket)
  socket.on('error', () => {})
  socket.on('close', () => open.delete(socket))
  return socket
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      // The boundary: a server that listens on a port has an address of this kind.
      resolve((server.address() as AddressInfo).port)
    })
  })
}
