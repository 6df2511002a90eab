import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { createTopKeys, type KeptKeys, mergeKeys } from '../../../handlers/usage/top-keys.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/usage/top-keys')

const uses = fc.array(fc.tuple(fc.constantFrom(...'aaaabbbcdefghijklmnop'), fc.integer({ min: 1, max: 4 })), {
  maxLength: 200,
})

function count(stream: readonly (readonly [string, number])[]) {
  const exact = new Map<string, number>()
  for (const [key, weight] of stream) exact.set(key, (exact.get(key) ?? 0) + weight)
  return exact
}

function fill(stream: readonly (readonly [string, number])[], capacity: number, kept?: KeptKeys) {
  const keys = createTopKeys(capacity, kept)
  for (const [key, weight] of stream) keys.add(key, weight)
  return keys
}

const total = (stream: readonly (readonly [string, number])[]) => stream.reduce((sum, [, weight]) => sum + weight, 0)

/** What is promised of `kept` for a stream. */
function check(kept: KeptKeys, exact: ReadonlyMap<string, number>, bound: number) {
  for (const { key, count: counted, error } of kept.entries) {
    const real = exact.get(key) ?? 0
    assert.ok(real <= counted && counted - error <= real, `${key}: ${counted - error} to ${counted}, really ${real}`)
    assert.ok(error <= bound)
  }
  const known = new Set(kept.entries.map(({ key }) => key))
  for (const [key, real] of exact) if (!known.has(key)) assert.ok(real <= kept.missed, `${key} of ${real} is missing`)
}

test('a count is between its bounds, an error at most the stream by the capacity, and what is frequent is kept', () => {
  fc.assert(
    fc.property(uses, fc.integer({ min: 1, max: 12 }), (stream, capacity) => {
      const keys = fill(stream, capacity)
      const entries = keys.entries()
      check({ entries, missed: keys.missed }, count(stream), total(stream) / capacity)
      assert.is(
        entries.reduce((sum, one) => sum + one.count, 0),
        total(stream),
      )
    }),
    { numRuns: 3_000 },
  )
})

test('with room for all of them counts are exact', () => {
  fc.assert(
    fc.property(uses, (stream) => {
      const keys = fill(stream, 30)
      assert.is(keys.missed, 0)
      assert.equal(new Map(keys.entries().map(({ key, count: counted }) => [key, counted])), count(stream))
      assert.ok(keys.entries().every(({ error }) => error === 0))
    }),
  )
})

test('what is kept over a restart is counted on, also with less room', () => {
  fc.assert(
    fc.property(
      uses,
      uses,
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 8 }),
      (before, after, first, second) => {
        const one = fill(before, first)
        const other = fill(after, second, { entries: one.entries(), missed: one.missed })
        check(
          { entries: other.entries(), missed: other.missed },
          count([...before, ...after]),
          Number.POSITIVE_INFINITY,
        )
      },
    ),
    { numRuns: 2_000 },
  )
})

test('with less room the rarest are left out', () => {
  const entries = [1, 10, 2, 30].map((times) => ({ key: `${times} times`, count: times, error: 0 }))
  const keys = createTopKeys(2, { entries, missed: 0 })
  assert.equal(
    keys
      .entries()
      .map(({ key }) => key)
      .sort(),
    ['10 times', '30 times'],
  )
  assert.is(keys.missed, 2)
})

test('several together keep what each of them promises', () => {
  fc.assert(
    fc.property(fc.array(uses, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 8 }), (streams, capacity) => {
      const merged = mergeKeys(
        streams.map((stream) => {
          const keys = fill(stream, capacity)
          return { entries: keys.entries(), missed: keys.missed }
        }),
      )
      check(merged, count(streams.flat()), Number.POSITIVE_INFINITY)
    }),
    { numRuns: 2_000 },
  )
})

test('keys that an object has of its own are keys like others', () => {
  const keys = fill(
    [
      ['__proto__', 2],
      ['constructor', 1],
      ['__proto__', 1],
    ],
    5,
  )
  assert.equal(
    keys.entries().find(({ key }) => key === '__proto__'),
    { key: '__proto__', count: 3, error: 0 },
  )
})

test.run()
