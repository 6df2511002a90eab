import type { ClientRequest } from 'node:http'
import { isSuppressed } from './suppress-instrumentation.ts'

const own = new WeakSet<ClientRequest>()

/** Notes that a request is a delivery of this library. */
export function markOwnRequest(request: ClientRequest): void {
  own.add(request)
}

/**
 * Whether a request is a delivery of this library, or is being made with `suppressInstrumentation`. Who turns requests into
 * events leaves these out: a sink that exports such events would otherwise make a new one with each export.
 */
export function isOwnRequest(request: ClientRequest): boolean {
  return isSuppressed() || own.has(request)
}
