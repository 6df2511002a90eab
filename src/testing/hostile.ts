import type { Measurements, Metadata } from '../core/types.ts'

/** A payload that some emitter will send one day, named for the message of a failed test. */
export interface HostilePayload {
  readonly name: string
  readonly measurements: Measurements
  readonly metadata: Metadata
}

/** Everything that a handler must survive. Made anew on each call, because some of it holds state. */
export function hostilePayloads(): HostilePayload[] {
  const measured = (name: string, measurements: Measurements): HostilePayload => ({ name, measurements, metadata: {} })
  const described = (name: string, metadata: Metadata): HostilePayload => ({
    name,
    measurements: { duration: 1_000_000, count: 1 },
    metadata,
  })
  const everywhere = (value: unknown) => ({
    duration: value,
    queue_time: value,
    count: value,
    value,
    sample_weight: value,
  })
  const told = (value: unknown) => ({ reason: value, error: value, method: value, route: value, span_id: value, value })

  return [
    measured('empty measurements', {}),
    ...[Number.NaN, Number.POSITIVE_INFINITY, -1, 1e308, -0].map((value) =>
      measured(`measurements of ${value}`, everywhere(value)),
    ),
    ...['12', null, undefined, 10n, Symbol('s'), {}, [], () => 1].map((value) =>
      measured(`measurements of type ${typeof value}`, everywhere(value)),
    ),
    measured('measurements without a prototype', Object.assign(Object.create(null), { duration: 1 })),
    measured('a throwing getter in measurements', throwingGetter('duration')),
    measured('a revoked proxy as measurements', revokedProxy()),
    described('empty metadata', {}),
    described('a string of 1 MB', told('x'.repeat(1_000_000))),
    described('controls, escapes and halves of surrogate pairs', told('\r\n\0\x1b[31m<script>"\\{}\u2028\ud800')),
    described('a circular object', told(circular())),
    described('10,000 levels', told(deep(10_000))),
    described('10,000 keys', Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key_${i}`, i]))),
    described('a throwing getter in metadata', throwingGetter('reason')),
    described('a throwing getter further down', told(throwingGetter('message'))),
    described(
      'a throwing toJSON, toString and valueOf',
      told({ toJSON: fail, toString: fail, valueOf: fail, [Symbol.toPrimitive]: fail }),
    ),
    described(
      'a proxy whose traps throw',
      told(new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail })),
    ),
    described('a revoked proxy', told(revokedProxy())),
    described('a revoked proxy as metadata', revokedProxy()),
    described('keys of Object.prototype', JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":2}')),
    described('a symbol', told(Symbol('s'))),
    described('a bigint', told(10n)),
    described('an invalid date', told(new Date(Number.NaN))),
    described('an error without a stack', told(Object.assign(new Error('x'), { stack: undefined, message: 7 }))),
    described('a rejected promise', told(rejected())),
  ]
}

function fail(): never {
  throw new Error('hostile')
}

function throwingGetter(key: string): Record<string, unknown> {
  return Object.defineProperty({}, key, { enumerable: true, get: fail })
}

function revokedProxy(): Record<string, unknown> {
  const { proxy, revoke } = Proxy.revocable<Record<string, unknown>>({}, {})
  revoke()
  return proxy
}

function circular(): object {
  const self: Record<string, unknown> = { list: [] }
  self['self'] = self
  self['list'] = [self, new Map([[self, self]])]
  return self
}

function deep(levels: number): object {
  let inner: object = {}
  for (let i = 0; i < levels; i++) inner = { inner }
  return inner
}

/** Handled here, so that only a handler that lets it go by makes it unhandled. */
function rejected(): Promise<never> {
  const promise = Promise.reject(new Error('hostile'))
  promise.catch(() => {})
  return promise
}
