import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { type SafeValue, toSafe } from '../../src/layers/to-safe.ts'
import { suite } from '../harness/suite.ts'
import { hostileValues } from './hostile.ts'

const test = suite('layers/to-safe', { limitMs: 60_000 })

const noTrap = (): never => {
  throw new Error('code of the value was run')
}

test('plain data comes out as it went in', () => {
  const data = {
    text: 'x',
    number: 1.5,
    yes: true,
    nothing: null,
    list: [1, 'two', [3]],
    inner: { deep: { deeper: '' } },
  }
  assert.equal(toSafe(data), data)
  assert.is(toSafe('x'), 'x')
  assert.is(toSafe(undefined), null)
})

test('what JSON lacks is told in words', () => {
  assert.equal(toSafe({ a: Number.NaN, b: Number.NEGATIVE_INFINITY, c: -0, d: 12n, e: 1n << 300n, f: Symbol('s') }), {
    a: 'NaN',
    b: '-Infinity',
    c: 0,
    d: '12',
    e: '[BigInt]',
    f: 'Symbol(s)',
  })
  assert.equal(toSafe({ a: undefined, b: [undefined, 1] }), { b: [null, 1] })
  assert.equal(toSafe([function named() {}, () => {}, class Thing {}]), [
    '[Function named]',
    '[Function]',
    '[Function Thing]',
  ])
  assert.equal(toSafe([new Date(0), new Date(Number.NaN)]), ['1970-01-01T00:00:00.000Z', '[Invalid Date]'])
  assert.equal(toSafe([new Uint8Array(9), new DataView(new ArrayBuffer(4)), new ArrayBuffer(4)]), [
    '[Uint8Array of 9 bytes]',
    '[DataView]',
    '[ArrayBuffer]',
  ])
  assert.equal(toSafe([Promise.resolve(), /x/, new WeakMap(), new WeakSet()]), [
    '[Promise]',
    '[RegExp]',
    '[WeakMap]',
    '[WeakSet]',
  ])
  assert.equal(toSafe([new String('text'), Object(1)]), ['text', {}])
})

test('a map is an object and a set a list', () => {
  const map = new Map<unknown, unknown>([
    ['b', 1],
    [2, new Set(['x'])],
    [{}, 3],
    [null, 4],
  ])
  assert.equal(toSafe(map), { 2: ['x'], b: 1, '[object]': 3, null: 4 })
})

test('an error keeps its name, message, stack, cause and own keys', () => {
  const cause = new RangeError('inner')
  const error = Object.assign(new TypeError('outer', { cause }), { code: 'E_OUTER' })
  const safe = toSafe(error) as { [key: string]: SafeValue }
  assert.equal(Object.keys(safe), ['name', 'message', 'stack', 'cause', 'code'])
  assert.equal([safe.name, safe.message, safe.code], ['TypeError', 'outer', 'E_OUTER'])
  assert.match(String(safe.stack), 'to-safe.test')
  assert.is((safe.cause as { name: string }).name, 'RangeError')
  assert.is((toSafe(new DOMException('stop', 'AbortError')) as { name: string }).name, 'AbortError')
  assert.is((toSafe(new AggregateError([cause], 'all')) as { errors: unknown[] }).errors.length, 1)
})

test('objects of another realm are known by what they hold', () => {
  const error = toSafe(runInNewContext('new TypeError("far")')) as { [key: string]: SafeValue }
  assert.equal([error.name, error.message], ['TypeError', 'far'])
  assert.equal(toSafe(runInNewContext('[1, { a: 2 }]')), [1, { a: 2 }])
  // A million characters are a million keys.
  assert.equal(toSafe(Object.setPrototypeOf(new String('x'.repeat(1_000_000)), null)), {})
})

test('a cycle is cut where it closes, and a value that occurs twice is written twice', () => {
  const shared = { x: 1 }
  const cycle: Record<string, unknown> = { shared, again: shared }
  cycle.self = cycle
  assert.equal(toSafe(cycle), { shared: { x: 1 }, again: { x: 1 }, self: '[Circular]' })
})

test('keys that name a prototype are left out', () => {
  const value = JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":1,"prototype":2,"inner":{"__proto__":3},"toString":4}',
  )
  const safe = toSafe([value, new Map([['__proto__', { polluted: 1 }]])])
  assert.equal(safe, [{ inner: {}, toString: 4 }, {}])
  assert.is(JSON.stringify(safe).includes('polluted'), false)
  assert.is(Reflect.get({}, 'polluted'), undefined)
})

test('objects end at the depth limit, keys and items at theirs, and a mark says so', () => {
  assert.equal(toSafe({ a: { b: { c: [] } } }, { depth: 2 }), { a: { b: '[Object]' } })
  assert.equal(toSafe([[[]]], { depth: 2 }), [['[Array]']])
  assert.equal(toSafe([1, 2, 3, 4, 5], { items: 3 }), [1, 2, '[3 more]'])
  assert.equal(toSafe({ a: 1, b: 2, c: 3, d: 4 }, { keys: 3 }), { a: 1, b: 2, '…': '[2 more]' })
  assert.equal(toSafe(new Set([1, 2, 3]), { items: 2 }), [1, '[2 more]'])
  assert.equal(
    toSafe(
      new Map([
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ]),
      { keys: 2 },
    ),
    { a: 1, '…': '[2 more]' },
  )
})

test('a string is cut at whole characters and ends in an ellipsis', () => {
  assert.is(toSafe('ä'.repeat(20), { stringBytes: 20 }), `${'ä'.repeat(8)}…`)
  assert.is(toSafe('😀'.repeat(20), { stringBytes: 20 }), `${'😀'.repeat(4)}…`)
  assert.is(Buffer.byteLength(String(toSafe('x'.repeat(100_000)))), 4_096)
  assert.is(toSafe('\ud800x\udc00'), '\ufffdx\ufffd')
})

test('the whole ends at the total, and one mark says so', () => {
  const safe = toSafe(Array.from({ length: 100 }, () => 'y'.repeat(3_000))) as string[]
  assert.ok(JSON.stringify(safe).length <= 32_768)
  assert.is(safe.at(-1), '[truncated]')
  assert.is(safe.length, 11)
})

test('limits too small for the marks, and limits that are no numbers, are put right', () => {
  assert.is(toSafe('x'.repeat(99), { stringBytes: 0 }), `${'x'.repeat(13)}…`)
  assert.equal(toSafe({ a: [1] }, { depth: Number.NaN, totalBytes: -1 }), { a: [1] })
})

test('hostile values throw nothing and run no code of theirs', () => {
  let ran = 0
  const values = hostileValues(() => {
    ran++
    return noTrap()
  })
  assert.is(Object.keys(values).length, 14)
  for (const [name, value] of Object.entries(values)) {
    const safe = toSafe({ value })
    assert.is(ran, 0, `${name} was run`)
    assert.equal(JSON.parse(JSON.stringify(safe)), safe, name)
    assert.ok(Buffer.byteLength(JSON.stringify(safe)) <= 32_768, name)
  }
  assert.equal(toSafe(values.proxy), { proxy: '[Proxy]', list: '[Proxy]', fn: '[Proxy]', below: {} })
  assert.equal(toSafe(values.getters), { a: '[Getter]', b: '[Getter]' })
  assert.equal(toSafe(values['sly map']), { a: 1 })
})

test('each hostile value takes at most 1 ms', () => {
  for (const [name, value] of Object.entries(hostileValues(noTrap))) {
    toSafe(value)
    const times = Array.from({ length: 21 }, () => {
      const begun = performance.now()
      toSafe(value)
      return performance.now() - begun
    })
    // The fastest: what else this machine does is not what is measured.
    assert.ok(Math.min(...times) <= 1, `${name}: ${Math.min(...times)} ms`)
  }
})

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
  maxDepth: 8,
  maxKeys: 70,
})

test('any value comes out as JSON within the limits, and the same when it goes through again', () => {
  const limits = fc.record(
    {
      depth: fc.integer({ min: 1, max: 8 }),
      keys: fc.integer({ min: 1, max: 70 }),
      items: fc.integer({ min: 1, max: 120 }),
      stringBytes: fc.integer({ min: 16, max: 200 }),
      totalBytes: fc.integer({ min: 64, max: 2_000 }),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(anything, limits, (value, given) => {
      const safe = toSafe(value, given)
      const json = JSON.stringify(safe)
      assert.equal(JSON.parse(json), safe)
      assert.ok(Buffer.byteLength(json) <= (given.totalBytes ?? 32_768))
      within(safe, given)
      assert.is(JSON.stringify(toSafe(safe, given)), json)
    }),
    { numRuns: 1_000 },
  )
})

function within(
  value: SafeValue,
  limits: { depth?: number; keys?: number; items?: number; stringBytes?: number },
  level = 0,
): void {
  if (typeof value === 'string') {
    assert.ok(Buffer.byteLength(value) <= (limits.stringBytes ?? 4_096))
    assert.not.match(value, /\p{Surrogate}/u)
  }
  if (typeof value !== 'object' || value === null) return
  assert.ok(level < (limits.depth ?? 6))
  const parts = Object.values(value)
  assert.ok(parts.length <= (Array.isArray(value) ? (limits.items ?? 100) : (limits.keys ?? 64)))
  for (const part of parts) within(part, limits, level + 1)
}

test.run()
