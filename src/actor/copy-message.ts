import { deepFreeze } from '../core/deep-freeze.ts'
import type { MailboxOptions } from './actor.ts'
import { Pid } from './pid.ts'
import { CallRequest, Cast } from './request.ts'

/** What an actor is given of a message, as its `mailbox.copy` says. Throws for what cannot be cloned. */
export function copyMessage(message: unknown, copy: NonNullable<MailboxOptions['copy']>): unknown {
  if (copy === 'reference') return message
  const own = copy === 'structured' ? (value: unknown) => clone(value, new Map()) : freeze
  if (message instanceof CallRequest) return new CallRequest(own(message.request), message.from)
  return message instanceof Cast ? new Cast(own(message.message)) : own(message)
}

/** As `structuredClone`, but pids stay what they are. */
function clone(value: unknown, known: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Pid) return isCloneable(value)
  if (known.has(value)) return known.get(value)
  if (Array.isArray(value)) return fill(value, [], known)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return fill(value, {}, known)
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>()
    known.set(value, copy)
    for (const [key, item] of value) copy.set(clone(key, known), clone(item, known))
    return copy
  }
  if (value instanceof Set) {
    const copy = new Set<unknown>()
    known.set(value, copy)
    for (const item of value) copy.add(clone(item, known))
    return copy
  }
  const copy: unknown = structuredClone(value)
  known.set(value, copy)
  return copy
}

function fill(value: object, copy: object, known: Map<object, unknown>): object {
  known.set(value, copy)
  for (const [key, item] of Object.entries(value))
    Object.defineProperty(copy, key, {
      value: clone(item, known),
      writable: true,
      enumerable: true,
      configurable: true,
    })
  return copy
}

function isCloneable(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError(`a ${typeof value} has no clone`)
  return value
}

function freeze(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? deepFreeze(value) : value
}
