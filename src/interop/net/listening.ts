import { Server } from 'node:net'
import { errorType } from '../http-values.ts'
import type { OpenedEnd, OpenedKind } from '../observe-opened.ts'
import { watchErrors } from '../watch-errors.ts'
import { addressOf, isOwnServer } from './servers.ts'

/**
 * The calls of `server.listen`, until the server listens or has failed to.
 *
 * Of Node's TracingChannel only the beginning is used: its messages share no object, and a host name that is not
 * found is not told of there, but by the server.
 */
export const listening: OpenedKind<Server> = {
  operation: 'net.server.listen',
  channel: 'tracing:net.server.listen:asyncStart',
  key: 'server',
  type: Server,
  isForeign: isOwnServer,
  follow(server, begin) {
    const end = begin()
    const conclude = (how: OpenedEnd) => {
      unwatch()
      server.off('listening', onListening).off('close', onClose)
      end(how)
    }
    const onListening = () => conclude({ metadata: addressOf(server) })
    const onError = (error: unknown) => conclude({ error, metadata: { error_type: errorType(error) } })
    const onClose = () => onError(new DOMException('The server was closed before it listened', 'AbortError'))
    const unwatch = watchErrors(server, onError)
    server.once('listening', onListening).once('close', onClose)
  },
}
