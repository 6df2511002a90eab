import { Socket } from 'node:net'
import { errorType } from '../http-values.ts'
import type { OpenedKind } from '../observe-opened.ts'
import { bytesOf } from './client-connections.ts'
import { addressOf, isOwnServer } from './servers.ts'

/** The connections that servers of this process accept, except those of `sonde/http`. */
export const serverConnections: OpenedKind<Socket> = {
  operation: 'net.server.connection',
  channel: 'net.server.socket',
  key: 'socket',
  type: Socket,
  isForeign: (socket) => isOwnServer(serverOf(socket)),
  follow(socket, begin) {
    const end = begin(addressOf(serverOf(socket)))
    socket.once('close', () => {
      const { errored } = socket
      end({
        measurements: bytesOf(socket),
        ...(errored && { error: errored, metadata: { error_type: errorType(errored) } }),
      })
    })
  },
}

/** Node notes on each socket the server that has accepted it. */
function serverOf(socket: Socket): unknown {
  return 'server' in socket ? socket.server : undefined
}
