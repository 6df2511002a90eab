import { TelemetryError } from './errors.ts'
import type { Metadata, Operation } from './types.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** `fn` wrapped in a span of `operation`. A `metadata` function that throws costs its metadata, never the call. */
export function instrument<F extends (this: never, ...args: never[]) => unknown>(
  operation: Operation,
  fn: F,
  metadata?: (...args: Parameters<F>) => Metadata,
): F {
  if (typeof fn !== 'function') {
    throw new TelemetryError('invalid_handler', `instrument: '${operation.name}' wraps a function, got ${typeof fn}`)
  }
  // The casts: the wrapper passes `this` and the arguments on as they come, so it has the type of what it wraps.
  const call = fn as unknown as AnyFunction
  const describe = metadata as ((...args: unknown[]) => Metadata) | undefined

  function instrumented(this: unknown, ...args: unknown[]): unknown {
    const given = describe === undefined || !operation.enabled ? undefined : attempt(() => describe(...args))
    return operation.span(given, () => call.apply(this, args))
  }
  Object.defineProperty(instrumented, 'name', { value: fn.name, configurable: true })
  Object.defineProperty(instrumented, 'length', { value: fn.length, configurable: true })
  return instrumented as unknown as F
}

function attempt<T>(fn: () => T): T | undefined {
  try {
    return fn()
  } catch {
    return undefined
  }
}
