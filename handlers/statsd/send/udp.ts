import { createSocket, type Socket, type SocketOptions } from 'node:dgram'
import { type DeliveryResult, suppressInstrumentation } from 'sonde/delivery'
import type { Address } from './resolve.ts'
import { closed, codeOf, delivered, retryAfter, type Transport } from './transport.ts'

/**
 * Makes datagrams to one port. The socket is not connected: a connected one reports the receiver's absence as an error of the
 * next packet, which has nothing to do with it.
 */
export function createUdp(port: number, resolve: () => Promise<Address>): Transport {
  let socket: Socket | undefined
  let family = 0
  let to: string | undefined
  let isClosed = false

  const socketOf = (wanted: number): Socket => {
    if (socket !== undefined && family === wanted) return socket
    socket?.close()
    // What is sent to is an address already: looking it up would cost every packet a turn.
    const lookup: SocketOptions['lookup'] = (host, _options, done) => done(null, host, wanted)
    const type = wanted === 6 ? 'udp6' : 'udp4'
    const made = suppressInstrumentation(() => createSocket({ type, lookup }))
    made.unref()
    made.on('error', () => {
      if (socket === made) socket = undefined
    })
    socket = made
    family = wanted
    return made
  }

  return {
    async open() {
      if (isClosed) return closed
      try {
        const { address, family: wanted } = await resolve()
        if (isClosed) return closed
        to = address
        socketOf(wanted)
        return delivered
      } catch (error) {
        return retryAfter(error, 'the host name was not resolved')
      }
    },
    send: (packet) =>
      new Promise((done) => {
        if (isClosed) return done(closed)
        if (socket === undefined) return done({ outcome: 'retry', reason: 'the socket has failed' })
        try {
          socket.send(packet, port, to, (error) => done(error === null ? delivered : failureOf(error)))
        } catch (error) {
          done(failureOf(error))
        }
      }),
    close() {
      isClosed = true
      socket?.close()
      socket = undefined
    },
  }
}

function failureOf(error: unknown): DeliveryResult {
  if (codeOf(error) === 'EMSGSIZE') return { outcome: 'permanent', reason: 'a packet is too large: EMSGSIZE' }
  return retryAfter(error, 'a packet was not sent')
}
