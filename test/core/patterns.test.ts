import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import { record } from './recorder.ts'
import { callUntyped, codeThrownBy } from './untyped.ts'

const test = suite('core/patterns')
const ignore = () => {}
const longestName = `${'a'.repeat(127)}.${'b'.repeat(128)}`
const deepestName = Array.from({ length: 16 }, (_, i) => `s${i}`).join('.')

/** What the contract says a pattern means, written without regard to speed. */
function matches(pattern: readonly string[], name: readonly string[]): boolean {
  const [head, ...patternTail] = pattern
  if (head === undefined) return name.length === 0
  if (name.length === 0) return false
  if (head === '**') return true
  return (head === '*' || head === name[0]) && matches(patternTail, name.slice(1))
}

/** The names among `names` that a handler of `pattern` is called for. */
function heard(pattern: string, names: readonly string[]): string[] {
  const bus = createBus()
  const events = record(bus, pattern)
  for (const name of names) bus.execute(name, {})
  return events.map(({ event }) => event)
}

test('an exact name matches itself only, neither a prefix nor a longer name', () => {
  assert.equal(heard('a.b', ['a', 'a.b', 'a.b.c', 'a.bb', 'A.b', 'x.a.b']), ['a.b'])
})

test('* stands for exactly one segment', () => {
  assert.equal(heard('*', ['a', 'a.b']), ['a'])
  assert.equal(heard('a.*', ['a', 'a.b', 'a.b.c', 'b.b']), ['a.b'])
  assert.equal(heard('a.*.c', ['a.b.c', 'a.c', 'a.b.b.c', 'a.x.c']), ['a.b.c', 'a.x.c'])
  assert.equal(heard('*.stop', ['a.stop', 'stop', 'a.b.stop']), ['a.stop'])
})

test('** stands for one or more segments', () => {
  assert.equal(heard('**', ['a', 'a.b', 'a.b.c.d']), ['a', 'a.b', 'a.b.c.d'])
  assert.equal(heard('a.**', ['a', 'a.b', 'a.b.c', 'ab.c']), ['a.b', 'a.b.c'])
  assert.equal(heard('*.b.**', ['a.b', 'a.b.c', 'x.b.c.d', 'b.c']), ['a.b.c', 'x.b.c.d'])
})

test('a handler whose patterns overlap on an event runs once per emit', () => {
  const bus = createBus()
  const events = record(bus, 'a.b', 'a.*', '**', '*.b', 'a.**')

  bus.execute('a.b', {})
  assert.is(events.length, 1)

  bus.execute('a.c', {})
  assert.is(events.length, 2)
})

test('a pattern attached after a name was first emitted is heard, and not after it is detached', () => {
  const bus = createBus()
  bus.execute('a.b', {})
  const point = bus.event('a.b')

  bus.attach('h', 'a.*', ignore)
  bus.execute('a.b', {})
  point.execute({})
  assert.is(bus.stats().dispatched, 2)

  bus.detach('h')
  bus.execute('a.b', {})
  point.execute({})
  assert.is(bus.stats().dispatched, 2)
})

test('a pattern attached before a name was ever seen is heard at its first emit', () => {
  const bus = createBus()
  const events = record(bus, 'orders.**')

  bus.event('orders.created').execute({})
  bus.execute('orders.created.late', {})

  assert.is(events.length, 2)
})

test('detaching one of several overlapping patterns leaves the others', () => {
  const bus = createBus()
  const seen: string[] = []
  for (const pattern of ['a.b', 'a.*', '**']) bus.attach(pattern, pattern, () => void seen.push(pattern))
  bus.execute('a.b', {})

  bus.detach('a.*')
  bus.execute('a.b', {})

  assert.equal(seen, ['a.b', 'a.*', '**', 'a.b', '**'])
})

test('a name of 16 segments and one of 256 characters can be attached to and emitted', () => {
  assert.is(longestName.length, 256)
  assert.equal(heard(longestName, [longestName]), [longestName])
  assert.equal(heard(deepestName, [deepestName]), [deepestName])
  assert.equal(heard('s0.**', [deepestName]), [deepestName])
})

const badNames: readonly unknown[] = [
  ...['', '.', 'a.', '.a', 'a..b', 'a b', ' a', 'a\n', 'é', 'a/b', 'a:b', 'a\0', '日本', '😀'],
  ...[`${longestName}c`, `${deepestName}.s16`, 'a.'.repeat(1_000_000)],
  ...[undefined, null, 0, 1, Number.NaN, true, 1n, Symbol('a'), {}, ignore, new Date(0), Object('a')],
  ...[[], [''], ['a', ''], ['a', 1], ['a', undefined], ['a.b'], [['a']], new Array(3), new Array(1_000_000).fill('a')],
]
const patternsOnly = ['a*', '*a', '***', 'a.**.b', '**.a', '**.**', 'a.b*.c', 'a.{b}', ['a', '**', 'b']]

test('a bad name or pattern throws invalid_pattern at attach', () => {
  const bus = createBus()

  for (const [i, pattern] of [...badNames, ...patternsOnly].entries()) {
    const code = codeThrownBy(() => callUntyped(bus.attach, bus, 'h', pattern, ignore))
    assert.is(code, 'invalid_pattern', `case ${i}`)
  }
  assert.equal(bus.listHandlers(), [])
})

test('a bad name given to execute is a counted no-op, heard by no pattern', () => {
  const bus = createBus()
  const events = record(bus, '**')
  const cases = [...badNames, ...patternsOnly, '*', '**', 'a.*', 'a.**', ['a', '*']]

  for (const [i, name] of cases.entries()) {
    callUntyped(bus.execute, bus, name, {}, {})
    assert.is(bus.stats().invalid, i + 1, `case ${i}`)
  }

  assert.is(events.length, 0)
  assert.is(bus.stats().executed, 0)
})

test('a bad name is counted every time, though nobody listens', () => {
  const bus = createBus()

  for (let i = 0; i < 3; i++) bus.execute('not a name', {})

  assert.is(bus.stats().invalid, 3)
})

test('event and operation throw invalid_name for what is no name', () => {
  const bus = createBus()

  for (const [i, name] of ['', 'a b', 'a.*', '**', 1, undefined, null].entries()) {
    assert.is(
      codeThrownBy(() => callUntyped(bus.event, bus, name)),
      'invalid_name',
      `event ${i}`,
    )
    assert.is(
      codeThrownBy(() => callUntyped(bus.operation, bus, name)),
      'invalid_name',
      `operation ${i}`,
    )
  }
})

test('dispatch agrees with the meaning of patterns, whatever is attached when', () => {
  const segment = fc.constantFrom('a', 'b', 'c')
  const name = fc.array(segment, { minLength: 1, maxLength: 4 })
  const pattern = fc
    .tuple(fc.array(fc.oneof(segment, fc.constant('*')), { maxLength: 3 }), fc.constantFrom('a', 'b', '*', '**'))
    .map(([front, last]) => [...front, last])

  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 6 }), fc.array(name, { maxLength: 6 }), (patterns, names) => {
      const bus = createBus()
      const seen: string[] = []
      const half = Math.floor(patterns.length / 2)
      const attach = (one: readonly string[], i: number) => {
        bus.attach(`${i}`, one, (event) => void seen.push(`${event} ${i}`))
      }

      for (const [i, one] of patterns.slice(0, half).entries()) attach(one, i)
      for (const one of names) bus.execute(one, {})
      seen.length = 0
      for (const [i, one] of patterns.slice(half).entries()) attach(one, half + i)
      for (const one of names) bus.execute(one, {})

      const expected = names.flatMap((one) =>
        patterns.flatMap((other, i) => (matches(other, one) ? [`${one.join('.')} ${i}`] : [])),
      )
      assert.equal(seen, expected)
    }),
    { numRuns: 1_000 },
  )
})

test.run()
