import { createSocket, type Socket } from 'node:dgram'
import type { DeliveryResult } from 'sonde/delivery'
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
    const made = createSocket(wanted === 6 ? 'udp6' : 'udp4')
    made.unref()
    made.on('error', () => {
      if (socket === made) socket = undefined
    })
    socket = made
    family = wanted
    return made
  }

  const transmit = (through: Socket, packet: Uint8Array): Promise<DeliveryResult> =>
    new Promise((done) => {
      through.send(packet, port, to, (error) => {
        if (error === null) done(delivered)
        else if (codeOf(error) === 'EMSGSIZE') done({ outcome: 'permanent', reason: 'a packet is too large: EMSGSIZE' })
        else done(retryAfter(error, 'a packet was not sent'))
      })
    })

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
    async send(packet) {
      if (isClosed) return closed
      if (socket === undefined) return { outcome: 'retry', reason: 'the socket has failed' }
      try {
        return await transmit(socket, packet)
      } catch (error) {
        return retryAfter(error, 'a packet was not sent')
      }
    },
    close() {
      isClosed = true
      socket?.close()
      socket = undefined
    },
  }
}
