import { type Context, RANDOM, SAMPLED } from '../context.ts'
import { reject } from '../rejections.ts'
import { beginScope, type Origin } from '../scope.ts'
import { readIncoming } from './incoming.ts'

/** How far the sender of headers is trusted. */
export interface ExtractOptions {
  /**
   * For a trust boundary: a trace of its own begins, without the baggage of the sender. Only the correlation id stays; where the
   * sender gave none it is its trace id. Default: the trace of the sender goes on.
   */
  readonly restart?: boolean
  /** Whether somebody may record the trace, whatever the sender says. Default: what it says, and where it says nothing yes. */
  readonly sampled?: boolean
}

/**
 * The context that headers of a request or a message describe: `withContext(extract(request.headers), handle)`.
 *
 * Takes the headers of `fetch`, those of Node, a Map, an object with names in any case, or anything with `get(name)`, and
 * never throws: whatever is missing or wrong is made anew.
 *
 * Correlation id: `x-correlation-id`, else `x-request-id`, 1 to 128 of `A-Za-z0-9._:-`; else the trace id. Trace: W3C
 * `traceparent` (level 2) and `tracestate` (32 members, 1,026 characters), else `x-trace-id`, `x-span-id`, `x-trace-flags` and
 * `x-trace-baggage` in hex or as DSPex writes them. Baggage: W3C `baggage`, 64 members, 8,192 bytes.
 *
 * What is there and not taken is told as `telemetry.correlation.rejected`, by name and length: values from outside are
 * neither kept nor sent on unless they match these rules.
 */
export function extract(headers: unknown, options: ExtractOptions = {}): Context {
  const { origin, rejected } = readIncoming(headers)
  for (const rejection of rejected) reject(rejection)
  return beginScope(trusted(origin, options))
}

function trusted(sent: Origin, { restart = false, sampled }: ExtractOptions): Origin {
  const origin: Origin = restart ? { correlationId: sent.correlationId ?? sent.traceId } : sent
  if (sampled === undefined) return origin
  const { traceFlags = SAMPLED | RANDOM } = origin
  return { ...origin, traceFlags: sampled ? traceFlags | SAMPLED : traceFlags & ~SAMPLED }
}
