import type { Bus, Span } from '../../core/types.ts'
import { isIgnored, type ReadKeys, readKeys } from './message-functions.ts'
import { isOutgoing } from './outgoing.ts'

export interface TracedCallsSettings<Context> {
  /** The operation that a call is. */
  readonly event: string
  readonly measurements: ReadKeys<Context> | undefined
  readonly metadata: ReadKeys<Context> | undefined
  readonly ignore: ((context: Context) => boolean) | undefined
  /** The last call under way has ended, and nobody listens any more. */
  readonly onIdle: () => void
}

/** A call whose start has been told of. */
export interface TracedCall {
  readonly span: Span
  ended: boolean
}

/** The calls that a TracingChannel tells of, by the object that its sub-channels share. */
export interface TracedCalls {
  /** Calls under way. */
  readonly active: number
  /** The call of `context`, begun now if it is not under way; undefined when it is not told of. */
  begin(context: unknown): TracedCall | undefined
  find(context: unknown): TracedCall | undefined
  /** Ends the call of `context` with the context's error. It can still be found: a callback may follow. */
  fail(context: unknown): void
  /** Ends the call of `context`, unless it has failed before, and forgets it. */
  end(context: unknown): void
}

/** Makes the table of the calls of one channel. A context that Node or a library lets go of takes its call with it. */
export function createTracedCalls<Context>(bus: Bus, settings: TracedCallsSettings<Context>): TracedCalls {
  const { event, measurements, metadata, ignore, onIdle } = settings
  const operation = bus.operation(event)
  const calls = new WeakMap<object, TracedCall>()
  let active = 0
  /** Handlers of ours are running: what they begin is not told of, or it would go round. */
  let telling = false

  function find(context: unknown): TracedCall | undefined {
    return isObject(context) ? calls.get(context) : undefined
  }

  function begin(published: unknown): TracedCall | undefined {
    const known = find(published)
    if (known?.ended === false) return known
    if (!isObject(published) || telling || !operation.enabled || isOutgoing(bus, published)) return undefined
    // The cast: the context is what the caller says it is; the functions that look into it are contained.
    const context = published as Context
    telling = true
    try {
      if (isIgnored(ignore, context)) return undefined
      active++
      const call = { span: operation.start(metadata && readKeys(bus, metadata, context)), ended: false }
      calls.set(published, call)
      return call
    } finally {
      telling = false
    }
  }

  function finish(call: TracedCall, published: unknown, failed: boolean): void {
    if (call.ended) return
    call.ended = true
    active--
    const { span } = call
    // The cast: as above.
    const context = published as Context
    const outer = telling
    telling = true
    try {
      if (metadata !== undefined) span.set(readKeys(bus, metadata, context))
      if (measurements !== undefined) span.measure(readKeys(bus, measurements, context))
      if (failed) span.exception(errorOf(published))
      else span.stop()
    } finally {
      telling = outer
    }
    if (active === 0 && !operation.enabled) onIdle()
  }

  return {
    get active() {
      return active
    },
    begin,
    find,
    fail(context) {
      const call = find(context)
      if (call !== undefined) finish(call, context, true)
    },
    end(context) {
      const call = find(context)
      if (call === undefined || !isObject(context)) return
      // Not left to the garbage collector: a table of entries that are gone costs six times as much as one that is empty.
      calls.delete(context)
      finish(call, context, has(context, 'error'))
    },
  }
}

/** Whether a key is there, whatever stands behind it. False for what does not let itself be asked. */
export function has(context: unknown, key: string): boolean {
  try {
    return isObject(context) && key in context
  } catch {
    return false
  }
}

function errorOf(context: unknown): unknown {
  try {
    return isObject(context) && 'error' in context ? context.error : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
