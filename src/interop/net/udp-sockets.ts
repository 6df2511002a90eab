import { Socket } from 'node:dgram'
import { errorType } from '../http-values.ts'
import type { OpenedEnd, OpenedKind } from '../observe-opened.ts'
import { watchErrors } from '../watch-errors.ts'

/** The UDP sockets of this process, from their making until they are closed. */
export const udpSockets: OpenedKind<Socket> = {
  operation: 'net.udp.socket',
  channel: 'udp.socket',
  key: 'socket',
  type: Socket,
  follow(socket, begin) {
    const end = begin({ family: familyOf(socket) })
    let ending: OpenedEnd = {}
    // An error leaves a UDP socket open.
    watchErrors(socket, (error) => {
      ending = { error, metadata: { error_type: errorType(error) } }
    })
    socket.once('close', () => end(ending))
  },
}

function familyOf(socket: object): 'ipv4' | 'ipv6' {
  return 'type' in socket && socket.type === 'udp6' ? 'ipv6' : 'ipv4'
}
