import { Server } from 'node:net'
import type { Metadata } from '../../core/types.ts'

/** Marks the servers of `sonde/http`. */
const OWN_SERVER = Symbol.for('sonde.http.server')

/** Whether a server is one of `sonde/http`: scrapes and probes are not what a service is measured by. */
export function isOwnServer(server: unknown): boolean {
  return server instanceof Server && Reflect.has(server, OWN_SERVER)
}

/** Where a server listens, without the address; nothing when it does not listen any more. */
export function addressOf(server: unknown): Metadata {
  try {
    const address = server instanceof Server ? server.address() : null
    if (address === null) return {}
    return typeof address === 'string' ? { transport: 'unix' } : { transport: 'tcp', port: address.port }
  } catch {
    // The system has taken the socket away.
    return {}
  }
}
