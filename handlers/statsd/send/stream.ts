import { createConnection, type NetConnectOpts, type Socket } from 'node:net'
import type { Cancel, Clock } from 'sonde'
import { type DeliveryResult, suppressInstrumentation } from 'sonde/delivery'
import { closed, delivered, retryAfter, type Transport } from './transport.ts'

const CONNECT_MS = 3_000
/** For a packet to get into the system's buffer: a receiver that does not read is left. */
const WRITE_MS = 5_000

/**
 * Makes a connection over TCP or a Unix stream socket. It is made by `open`, and made anew by the next `open` after it
 * has ended; each begins with a whole packet, so that half a line never runs into another.
 */
export function createStream(target: NetConnectOpts, clock: Clock): Transport {
  let socket: Socket | undefined
  let isClosed = false
  /** Of the time limit; there is one thing at a time. */
  let cancel: Cancel = () => {}

  const connect = (): Promise<DeliveryResult> =>
    new Promise((done) => {
      socket?.destroy()
      const made = suppressInstrumentation(() => createConnection(target))
      socket = made
      made.unref()
      let problem: unknown
      cancel = clock.after(CONNECT_MS, () => made.destroy())
      made.on('error', (error) => {
        problem = error
      })
      // Nothing is expected from the receiver; unread, it would keep the end of the connection from being seen.
      made.resume()
      made.once('connect', () => {
        cancel()
        done(delivered)
      })
      made.once('close', () => {
        if (socket === made) {
          socket = undefined
          cancel()
        }
        done(isClosed ? closed : retryAfter(problem ?? timedOut, 'not connected'))
      })
    })

  const write = (through: Socket, packet: Uint8Array): Promise<DeliveryResult> =>
    new Promise((done) => {
      cancel = clock.after(WRITE_MS, () => through.destroy())
      const end = (result: DeliveryResult) => {
        cancel()
        through.off('close', onClose)
        done(result)
      }
      const onClose = () => end(isClosed ? closed : { outcome: 'retry', reason: 'the connection has ended' })
      through.once('close', onClose)
      through.write(packet, (error) => {
        // Of a write that was cut off by destroy(), Node says that it was done.
        if (!error && !through.destroyed) end(delivered)
        else end(isClosed ? closed : retryAfter(error ?? timedOut, 'the connection has ended'))
      })
    })

  return {
    async open() {
      if (isClosed) return closed
      return socket?.writable === true && !socket.connecting ? delivered : connect()
    },
    async send(packet) {
      if (isClosed) return closed
      if (socket?.writable !== true) return { outcome: 'retry', reason: 'the connection has ended' }
      return write(socket, packet)
    },
    close() {
      isClosed = true
      cancel()
      socket?.destroy()
      socket = undefined
    },
  }
}

const timedOut: Error = Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })
