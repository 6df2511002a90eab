import { createSocket } from 'node:dgram'
import { type EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bus } from '../../../src/core/types.ts'
import { instrumentNet } from '../../../src/interop/instrument-net.ts'

/** Makes and accepts real connections that end in every way, over TCP and over a Unix socket, and opens UDP sockets. */
export async function drive(bus: Bus): Promise<void> {
  const restore = instrumentNet(bus)
  const folder = mkdtempSync(join(tmpdir(), 'sonde-net-'))
  const path = join(folder, 'socket')
  const tcp = createServer((socket) => socket.on('error', () => {}).end('hello')).listen(0, '127.0.0.1')
  const unix = createServer((socket) => socket.end('hello')).listen(path)
  await Promise.all([once(tcp, 'listening'), once(unix, 'listening')])
  // The cast: a server that listens on TCP has an address and a port.
  const { port } = tcp.address() as AddressInfo

  await failed(createServer().listen(port, '127.0.0.1'))
  for (const socket of [connect(port, '127.0.0.1'), connect(path)]) await once(socket.resume(), 'close')
  await once(connect(port, '127.0.0.1').destroy(), 'close')
  const accepted = once(tcp, 'connection')
  const resetting = connect(port, '127.0.0.1', () => resetting.resetAndDestroy())
  const [socket] = await accepted
  await new Promise((resolve) => socket.once('close', resolve))

  const elsewhere = createSocket('udp4').bind(0, '203.0.113.1')
  await failed(elsewhere)
  for (const udp of [elsewhere, createSocket('udp6')]) await once(udp.close(), 'close')

  for (const server of [tcp, unix]) await once(server.close(), 'close')
  await failed(connect(port, '127.0.0.1'))
  rmSync(folder, { recursive: true })
  restore()
}

async function failed(emitter: EventEmitter): Promise<void> {
  await once(emitter, 'error')
  // What closes after an error does so in the turn after it.
  await new Promise(setImmediate)
}
