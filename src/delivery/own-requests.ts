import type { ClientRequest } from 'node:http'

const own = new WeakSet<ClientRequest>()
let making = false

/** Makes a request that is a delivery of this library: Node tells of it while it is being made already. */
export function makeOwnRequest(make: () => ClientRequest): ClientRequest {
  making = true
  try {
    const request = make()
    own.add(request)
    return request
  } finally {
    making = false
  }
}

/**
 * Whether a request is a delivery of this library. Who turns requests into events leaves these out: a sink that exports such
 * events would otherwise make a new one with each export.
 */
export function isOwnRequest(request: ClientRequest): boolean {
  return making || own.has(request)
}
