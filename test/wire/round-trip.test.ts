import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { decodeValue } from '../../src/wire/decode-value.ts'
import { encodeValue } from '../../src/wire/encode-value.ts'
import { WireError } from '../../src/wire/wire-error.ts'
import { suite } from '../harness/suite.ts'
import { values } from './values.ts'

const test = suite('wire/round-trip')

const there = (value: unknown) => decodeValue(encodeValue(value))

test('what can cross is the same on the other side', () => {
  fc.assert(
    // Not uvu's: it takes an own key `constructor` for the class.
    fc.property(values, (value) => isDeepStrictEqual(there(value), value)),
    { numRuns: 3_000 },
  )
})

test('a value that JSON can say is not copied, and one with something else in it is not changed', () => {
  const value = { items: [1, { at: new Date(0) }], note: 'x' }
  encodeValue(value)
  assert.equal(value, { items: [1, { at: new Date(0) }], note: 'x' })
})

test('integers that a number cannot hold are bigints, and bigints that it can are numbers', () => {
  assert.is(there(2n ** 53n), 2n ** 53n)
  assert.is(there(-(10n ** 4_000n)), -(10n ** 4_000n))
  assert.is(there(7n), 7)
  assert.is(there(2 ** 60), 2 ** 60)
})

test('nothing is null, and what is undefined in an object is not there', () => {
  assert.is(there(undefined), null)
  assert.equal(there({ a: undefined, b: [null] }), { b: [null] })
})

test('an object that looks like a tag is that object', () => {
  for (const value of [{ $: ['int', '5'] }, { $: 1, other: { $: ['x'] } }, { $: ['object', { $: 2 }] }])
    assert.equal(there(value), value)
})

const cyclic: unknown[] = []
cyclic.push({ cyclic })
let deep: unknown = 1
for (let level = 0; level < 101; level++) deep = [deep]

test('what cannot cross is refused, with where it is and what it is', () => {
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [() => {}, /the value is a function, which cannot be sent/],
    [{ a: [1, Symbol('x')] }, /at \.a\[1\] is a symbol/],
    [[undefined], /at \[0\] is undefined/],
    [new Array(2), /at \[0\] is undefined/],
    [{ at: new Date(Number.NaN) }, /at \.at is an invalid date/],
    [new Date(8.64e15), /years are 1 to 9999/],
    [new Map([['a', 1]]), /is a Map/],
    [new (class Till {})(), /is a Till/],
    [new Error('x'), /is a Error/],
    [new Float64Array(2), /is a Float64Array/],
    [{ toJSON: () => 1 }, /toJSON/],
    [JSON.parse('{"__proto__": {"admin": true}}'), /'__proto__'/],
    [10n ** 4_300n, /more than 4300 digits/],
    [cyclic, /deeper than 100 levels, or part of itself/],
    [deep, /deeper than 100 levels/],
  ]
  for (const [value, message] of refused)
    assert.throws(
      () => encodeValue(value),
      (error: unknown) => error instanceof WireError && message.test(error.message),
    )
})

test('what nobody has encoded is refused too, and changes no prototype', () => {
  for (const text of [
    '{"$": 5}',
    '{"$": ["int", "5"], "more": 1}',
    '{"$": ["int", "0x10"]}',
    '{"$": ["int", 5]}',
    '{"$": ["float", "1e"]}',
    '{"$": ["bytes", "a"]}',
    '{"$": ["bytes", "!!!!"]}',
    '{"$": ["datetime", "today"]}',
    '{"$": ["datetime", "2026-13-01T00:00:00.000Z"]}',
    '{"$": ["set", "abc"]}',
    '{"$": ["object", 5]}',
    '{"$": ["eval", "x"]}',
    '[{"__proto__": {"admin": true}}]',
    `${'['.repeat(400)}${']'.repeat(400)}`,
  ])
    assert.throws(
      () => decodeValue(text),
      (error: unknown) => error instanceof WireError,
      text.slice(0, 50),
    )
  assert.throws(
    () => decodeValue('{'),
    (error: unknown) => error instanceof SyntaxError,
  )
  assert.is(Reflect.get({}, 'admin'), undefined)
})

test('a kind of somebody else’s crosses by its tag', () => {
  class Pid {
    readonly id: number
    constructor(id: number) {
      this.id = id
    }
  }
  const kind = {
    tag: 'pid',
    encode: (value: object) => (value instanceof Pid ? value.id : undefined),
    decode: (content: unknown) => new Pid(Number(content)),
  }
  const [pid] = decodeValue(encodeValue([new Pid(7)], [kind]), [kind]) as unknown[]
  assert.ok(pid instanceof Pid && pid.id === 7)
})

test.run()
