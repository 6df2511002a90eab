import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createBus } from '../../src/core/bus.ts'
import type { Bus, Detach } from '../../src/core/types.ts'
import { type InstrumentHttpOptions, instrumentHttp } from '../../src/interop/instrument-http.ts'

export interface Recorded {
  readonly event: string
  readonly measurements: Record<string, number>
  readonly metadata: Record<string, unknown>
}

export interface Instrumented {
  readonly bus: Bus
  /** Events of the pattern so far, in order. */
  readonly events: Recorded[]
  readonly detach: Detach
}

/** A bus of its own, instrumented, and what it emits. */
export function instrumented(pattern: string, options?: InstrumentHttpOptions): Instrumented {
  const bus = createBus()
  const events: Recorded[] = []
  bus.attach('recorder', pattern, (event, measurements, metadata) => {
    events.push({ event, measurements, metadata })
  })
  return { bus, events, detach: instrumentHttp(bus, options) }
}

export interface Loopback {
  readonly port: number
  readonly url: string
  readonly server: Server
  [Symbol.asyncDispose](): Promise<void>
}

/** A server on a free port of 127.0.0.1, whose connections are cut at the end. */
export async function serve(listener: RequestListener): Promise<Loopback> {
  return listen(createServer(listener))
}

/** Makes a server listen, unless it does already. */
export async function listen(server: Server): Promise<Loopback> {
  if (!server.listening) {
    server.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
  }
  // The cast: a server that listens on TCP has an address and a port.
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    server,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** Waits, without a clock, until `condition` holds; the time limit of the test ends a wait in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

/** Writes bytes to a port, and gives the function that cuts the connection. */
export async function writeRaw(port: number, bytes: string): Promise<() => void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.resume()
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.write(bytes)
  return () => socket.destroy()
}

/** Fetches and reads the body, whatever comes. */
export async function get(url: string, init?: RequestInit): Promise<string> {
  return (await fetch(url, init)).text()
}

/** Gets the paths one after the other, each when the one before has been told of as ended. */
export async function getEach(url: string, paths: readonly string[], ends: readonly Recorded[]): Promise<void> {
  for (const path of paths) {
    const before = ends.length
    await get(url + path)
    await until(() => ends.length > before)
  }
}

/** The events of a kind, by the last segment of their name. */
export function phase(events: readonly Recorded[], last: string): Recorded[] {
  return events.filter(({ event }) => event.endsWith(`.${last}`))
}
