import * as assert from 'uvu/assert'

/** What a hostile program may throw, return or emit: every step of describing one of these can throw itself. */
export interface HostileValue {
  readonly what: string
  readonly value: unknown
}

export class Trap extends Error {
  constructor() {
    super('looked inside')
  }
}

function refuse(): never {
  throw new Trap()
}

/** An object that throws whatever is done to it. */
export function trappedProxy(target: object = {}): object {
  const traps = Object.fromEntries(
    Reflect.ownKeys(Reflect).flatMap((key) => (typeof key === 'string' ? [[key, refuse]] : [])),
  )
  return new Proxy(target, traps)
}

export function revokedProxy(target: object = {}): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function errorWithGetters(): Error {
  const error = new Error('hidden')
  for (const key of ['stack', 'message', 'name', 'cause']) Object.defineProperty(error, key, { get: refuse })
  return error
}

/** The values, made anew. */
export function hostileValues(): HostileValue[] {
  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic
  const inspect = Symbol.for('nodejs.util.inspect.custom')
  return [
    { what: 'an Error', value: new Error('plain') },
    { what: 'null', value: null },
    { what: 'undefined', value: undefined },
    { what: 'a symbol', value: Symbol('thrown') },
    { what: 'a bigint', value: 10n },
    { what: 'NaN', value: Number.NaN },
    { what: 'an empty string', value: '' },
    { what: 'a string of 10 MB', value: 'x'.repeat(10_000_000) },
    { what: 'control characters', value: 'a\u001b[2Jb\r\nc\u2028d' },
    { what: 'a function', value: refuse },
    { what: 'an object without prototype', value: Object.create(null) },
    { what: 'a cycle', value: cyclic },
    { what: 'a revoked proxy', value: revokedProxy() },
    { what: 'a revoked proxy of a function', value: revokedProxy(() => {}) },
    { what: 'a revoked proxy of an array', value: revokedProxy([]) },
    { what: 'a proxy that throws', value: trappedProxy() },
    { what: 'a proxy of an array that throws', value: trappedProxy([]) },
    { what: 'a proxy of an Error that throws', value: trappedProxy(new Error('inner')) },
    { what: 'an Error whose getters throw', value: errorWithGetters() },
    { what: 'an Error with odd fields', value: Object.assign(new Error('odd'), { stack: 42, name: Symbol('n') }) },
    { what: 'an Error whose message is hostile', value: Object.assign(new Error('x'), { message: trappedProxy() }) },
    { what: 'an object whose conversions throw', value: { toString: refuse, valueOf: refuse, toJSON: refuse } },
    { what: 'an object with a throwing primitive', value: { [Symbol.toPrimitive]: refuse, [inspect]: refuse } },
    { what: 'an object with a throwing tag', value: Object.defineProperty({}, Symbol.toStringTag, { get: refuse }) },
    { what: 'an object with a throwing name', value: Object.defineProperty({}, 'name', { get: refuse }) },
    { what: 'an object whose constructor throws', value: Object.defineProperty({}, 'constructor', { get: refuse }) },
  ]
}

/** Asserts without showing what was thrown: a hostile value cannot be shown. */
export function mustNotThrow(act: () => unknown, what: string): void {
  let threw = false
  try {
    act()
  } catch {
    threw = true
  }
  assert.not.ok(threw, `${what} reached the caller`)
}
