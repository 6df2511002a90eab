import { Socket } from 'node:net'
import type { Clock, Metadata } from '../../core/types.ts'
import { errorType, hostOf } from '../http-values.ts'
import type { OpenedKind } from '../observe-opened.ts'

/**
 * The connections that this process makes.
 *
 * Node publishes a socket before it says where it goes, so the host is known at the end. Node 20 publishes what
 * `net.connect` makes, later ones every `connect` of a socket, which includes those of TLS.
 */
export function clientConnections(clock: Clock): OpenedKind<Socket> {
  return {
    operation: 'net.client.connection',
    channel: 'net.client.socket',
    key: 'socket',
    type: Socket,
    follow(socket, begin) {
      const end = begin()
      const begun = clock.monotonicTime()
      const target = watchTarget(socket)
      let connectTime: number | undefined
      socket.once('connect', () => {
        connectTime = clock.monotonicTime() - begun
      })
      socket.once('close', () => {
        const connected = connectTime === undefined ? undefined : { connect_time: connectTime }
        const error = socket.errored ?? (connected ? undefined : givenUp())
        end({
          measurements: { ...bytesOf(socket), ...connected },
          metadata: { ...target(), ...(error && { error_type: errorType(error) }) },
          error,
        })
      })
    },
  }
}

/** What has gone through a socket: with what TLS adds for one that TLS is laid over, without for one of TLS itself. */
export function bytesOf(socket: Socket): { bytes_read: number; bytes_written: number } {
  return { bytes_read: socket.bytesRead, bytes_written: socket.bytesWritten }
}

/** Gives the function that tells where the socket has gone to, as far as that is known: by name, else by address. */
function watchTarget(socket: Socket): () => Metadata {
  let name: string | undefined
  let attempt: { readonly address: string; readonly port: number | undefined } | undefined
  socket.once('lookup', (_error, _address, _family, host) => {
    name = host
  })
  socket.once('connectionAttempt', (address: string, port: number | undefined) => {
    attempt = { address, port }
  })
  return () => {
    const port = attempt?.port
    if (attempt !== undefined && port === undefined) return { transport: 'unix' }
    const host = hostOf(withPort(name ?? attempt?.address, port))
    return host === undefined ? {} : { transport: 'tcp', host }
  }
}

function withPort(name: string | undefined, port: number | undefined): string | undefined {
  if (name === undefined || port === undefined) return name
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`
}

function givenUp(): DOMException {
  return new DOMException('The socket was closed before it was connected', 'AbortError')
}
