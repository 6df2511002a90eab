/** Values that other people's programs hand to telemetry. Each runs `trap` when any code of its own is run. */
export function hostileValues(trap: () => never): Readonly<Record<string, unknown>> {
  const cycle: Record<string, unknown> = { list: [] }
  cycle.self = cycle
  cycle.list = [cycle, { cycle }]

  let deep: unknown = 'bottom'
  for (let level = 0; level < 100_000; level++) deep = level % 2 === 0 ? { deep } : [deep]

  const sparse: unknown[] = ['first']
  sparse.length = 2 ** 32 - 1

  const { proxy: revoked, revoke } = Proxy.revocable({}, {})
  revoke()
  const traps = new Proxy<ProxyHandler<object>>({}, { get: () => trap })
  const proxy = new Proxy({}, traps)
  class Sly extends Map<string, unknown> {
    override get size(): number {
      return trap()
    }
    override entries(): never {
      return trap()
    }
    override [Symbol.iterator](): never {
      return trap()
    }
  }

  return {
    cycle,
    deep,
    'long string': 'x'.repeat(10_000_000),
    getters: Object.defineProperties({}, { a: { get: trap, enumerable: true }, b: { set: trap, enumerable: true } }),
    proxy: { proxy, list: new Proxy([], traps), fn: new Proxy(() => {}, traps), below: Object.create(proxy) },
    'revoked proxy': { revoked, list: [revoked] },
    bigint: { small: 12n, large: 1n << 4_000_000n },
    symbol: { [Symbol('key')]: 1, value: Symbol('value'), wellKnown: Symbol.iterator },
    'sparse list': sparse,
    'throwing methods': { toJSON: trap, toString: trap, valueOf: trap, [Symbol.toPrimitive]: trap },
    'inspect and tags': {
      [Symbol.for('nodejs.util.inspect.custom')]: trap,
      get [Symbol.toStringTag]() {
        return trap()
      },
      [Symbol.iterator]: trap,
    },
    'hostile error': {
      traps: Object.defineProperties(new Error('x'), {
        stack: { get: trap },
        message: { get: trap },
        name: { get: trap },
        cause: { get: trap },
      }),
      // Its stack has not been written yet: to do so is to ask for the message.
      message: Object.defineProperty(new Error('x'), 'message', { get: trap }),
    },
    'sly map': new Sly([['a', 1]]),
    'half a pair': { '\ud800': '\udc00 and \ud83d', list: ['\ud83d'.repeat(5_000)] },
  }
}
