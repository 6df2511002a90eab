import type { Clock } from 'sonde'
import { type Context, type Correlation, extract, SAMPLED } from 'sonde/context'
import type { CorrelationOptions } from './options.ts'

/** What the middlewares need of the attachment. */
export interface Enter {
  readonly receive: Correlation['receive']
  readonly echo: boolean
  isAttached(): boolean
}

/** The header that answers carry. */
export const ECHO_HEADER = 'x-correlation-id'
const SECOND = 1e9

/** Keeps the context of each request for as long as the request lives. */
export function createIncoming(
  clock: Clock,
  { trust = true, maxSampledPerSecond = 1_000 }: CorrelationOptions,
): Pick<Correlation, 'receive' | 'enter'> {
  const contexts = new WeakMap<object, Context>()
  const mayBeSampled = createAllowance(clock, maxSampledPerSecond)

  return {
    receive(request, headers) {
      const known = contexts.get(request)
      if (known !== undefined) return known
      const brought = extract(headers, { restart: !trust })
      // Anybody can set the flag, and would have each trace recorded from here on.
      const claims = brought.spanId !== undefined && (brought.traceFlags & SAMPLED) !== 0
      const context = claims && !mayBeSampled() ? extract(headers, { sampled: false }) : brought
      contexts.set(request, context)
      return context
    },
    enter(request, context) {
      if (context !== undefined) contexts.set(request, context)
    },
  }
}

/**
 * Node's request behind a `Request` of `fetch`, by which `instrumentHttp` knows it: `@hono/node-server` passes it on in the
 * environment. Undefined everywhere else.
 */
export function nodeRequestOf(env: unknown): object | undefined {
  if (typeof env !== 'object' || env === null || !('incoming' in env)) return undefined
  return typeof env.incoming === 'object' && env.incoming !== null ? env.incoming : undefined
}

/** True `max` times a second. */
function createAllowance(clock: Clock, max: number): () => boolean {
  let begun = Number.NEGATIVE_INFINITY
  let used = 0
  return () => {
    const now = clock.monotonicTime()
    if (now - begun >= SECOND) {
      begun = now
      used = 0
    }
    used++
    return used <= max
  }
}
