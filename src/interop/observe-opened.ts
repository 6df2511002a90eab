import type { Bus, Measurements, Metadata, Operation } from '../core/types.ts'
import { isSuppressed } from '../delivery/suppress-instrumentation.ts'
import { isIgnored } from './diagnostics-channel/message-functions.ts'
import { type Watch, whileListened } from './diagnostics-channel/while-listened.ts'
import { subscribeAll } from './subscriptions.ts'

/** Things that a channel tells of when they are opened: connections, sockets, processes. */
export interface OpenedKind<T extends object> {
  /** From the opening of one to its end. */
  readonly operation: string
  readonly channel: string
  /** Where the thing is in a message, and what it is: any code may publish anything. */
  readonly key: string
  readonly type: new (...args: never[]) => T
  /** Whether it is none of our business. */
  isForeign?(opened: T): boolean
  /** Calls `begin` once the thing is open, and the function that it returns when it is no more. */
  follow(opened: T, begin: Begin): void
}

/** Begins a span and gives the function that ends it: only the first end counts. */
export type Begin = (metadata?: Metadata) => (end: OpenedEnd) => void

/** How something that was open came to its end. */
export interface OpenedEnd {
  readonly measurements?: Measurements
  readonly metadata?: Metadata
  /** Why it ended before its time: the span ends in `exception`. */
  readonly error?: unknown
  /** What went wrong although it ended by itself: the outcome is `error`. */
  readonly failure?: string | undefined
}

/**
 * Makes an operation of the life of each such thing, with the number of them in `active`; subscribed while somebody listens.
 *
 * Left out is what `suppressInstrumentation` opens, and what handlers of the operation open at once: each would make a new
 * one, and so on.
 */
export function observeOpened<T extends object>(
  bus: Bus,
  kind: OpenedKind<T>,
  ignore: ((opened: T) => boolean) | undefined,
): Watch {
  const operation: Operation = bus.operation(kind.operation)
  const open = new WeakSet<T>()
  let active = 0
  let telling = false

  function tell<R>(body: () => R): R {
    const outer = telling
    telling = true
    try {
      return body()
    } finally {
      telling = outer
    }
  }

  function begin(opened: T, metadata: Metadata | undefined): (end: OpenedEnd) => void {
    active++
    const span = tell(() => operation.start(metadata, { measurements: { active } }))
    return ({ measurements, metadata: learnt = {}, error, failure }) => {
      if (!open.delete(opened)) return
      active--
      span.measure({ active, ...measurements }).set(learnt)
      if (failure !== undefined) span.fail(failure)
      tell(() => (error === undefined ? span.stop() : span.exception(error)))
    }
  }

  function hear(message: unknown): void {
    if (telling || !operation.enabled || isSuppressed()) return
    const opened = pick(kind, message)
    if (opened === undefined || open.has(opened) || isIgnored(ignore, opened)) return
    open.add(opened)
    kind.follow(opened, (metadata) => begin(opened, metadata))
  }

  const events = ['start', 'stop', 'exception'].map((phase) => `${kind.operation}.${phase}`)
  return whileListened(bus, events, () => subscribeAll({ [kind.channel]: hear }))
}

function pick<T extends object>({ key, type, isForeign }: OpenedKind<T>, message: unknown): T | undefined {
  const opened: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, key) : undefined
  return opened instanceof type && isForeign?.(opened) !== true ? opened : undefined
}
