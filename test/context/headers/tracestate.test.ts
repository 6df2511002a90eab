import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { parseTracestate } from '../../../src/context/headers/tracestate.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('context/headers/tracestate')

function members(count: number, length = 6): string[] {
  return Array.from({ length: count }, (_, i) => `k${String(i).padStart(2, '0')}=`.padEnd(length, 'v'))
}

function assertMalformed(...texts: string[]): void {
  for (const text of texts) assert.equal(parseTracestate(text), { value: '', problem: 'malformed' }, text)
}

test('members are passed on in their order', () => {
  assert.equal(parseTracestate('rojo=00f067aa0ba902b7,congo=t61rcWkgMzE'), {
    value: 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
  })
})

test('spaces and tabs around members, and empty members, go', () => {
  assert.equal(parseTracestate(' foo=1 \t , \t bar=2,, ,\t,baz=3,'), { value: 'foo=1,bar=2,baz=3' })
  for (const text of ['', ' ', ',', ' ,\t, ']) assert.equal(parseTracestate(text), { value: '' })
})

test('32 members are passed on, of 33 none is', () => {
  assert.is(parseTracestate(members(32).join(',')).value, members(32).join(','))
  assert.equal(parseTracestate(members(33).join(',')), { value: '', problem: 'limit' })
  assert.is(parseTracestate(`${members(32).join(',,')}, ,`).value, members(32).join(','))
})

test('a key is 1 to 256 of a-z 0-9 _ - * / @ and begins with a letter or digit', () => {
  for (const key of ['a', '0', 'a_-*/@z', 'foo@', 'foo@@bar', 'z'.repeat(256), `${'t'.repeat(242)}@v`]) {
    assert.equal(parseTracestate(`${key}=1`), { value: `${key}=1` })
  }
  assertMalformed('=1', '@foo=1', '_a=1', 'FOO=1', 'foo.bar=1', 'foo =1', 'é=1', `${'z'.repeat(257)}=1`, 'foo')
})

test('a value is 1 to 256 printable characters without , and = that do not end in a space', () => {
  const printable = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i)).join('')
  const value = printable.replace(/[,=]/g, '')
  assert.equal(parseTracestate(`foo=${value}`), { value: `foo=${value}` })
  assert.is(parseTracestate(`foo=  1  `).value, 'foo=  1')
  assert.is(parseTracestate(`foo=${'v'.repeat(256)}`).value.length, 260)
  assertMalformed('foo=', 'foo= ', 'foo=bar=baz', `foo=${'v'.repeat(257)}`, 'foo=\x7f', 'foo=a\tb', 'foo=é', 'foo=a\nb')
})

test('one wrong member and nothing is passed on', () => {
  assertMalformed('foo=1,bar', 'foo=1,bar=,baz=3', 'FOO=1,bar=2')
})

test('of two members with one key the first is passed on', () => {
  assert.equal(parseTracestate('foo=1,bar=2,foo=3'), { value: 'foo=1,bar=2', problem: 'duplicate' })
})

test('up to 1,026 characters are passed on whole', () => {
  const longest = [...members(24, 40), 'z='.padEnd(1_026 - 24 * 41, 'z')].join(',')
  assert.is(longest.length, 1_026)
  assert.equal(parseTracestate(longest), { value: longest })
  assert.equal(parseTracestate(`${longest}z`), { value: members(24, 40).join(','), problem: 'limit' })
})

test('beyond that whole members go, those over 128 characters first', () => {
  const [first = '', ...others] = members(25, 40)
  const long = `long=${'x'.repeat(124)}`
  assert.is(long.length, 129)
  assert.equal(parseTracestate([first, long, ...others].join(',')), {
    value: members(25, 40).join(','),
    problem: 'limit',
  })
})

test('of several long members the last goes first, and no more than need to', () => {
  const long = ['x', 'y', 'z'].map((key) => `${key.repeat(150)}=`.padEnd(400, 'v'))
  const [x = '', y = '', z = ''] = long
  assert.is(parseTracestate(['a=1', x, 'b=1', y, z, 'c=1'].join(',')).value, ['a=1', x, 'b=1', y, 'c=1'].join(','))
})

test('then members go from the end', () => {
  assert.equal(parseTracestate(members(32, 40).join(',')), { value: members(25, 40).join(','), problem: 'limit' })
})

test('whatever is cut, at least 512 characters and whole members stay, in order', () => {
  const lengths = fc.array(fc.integer({ min: 6, max: 260 }), { minLength: 1, maxLength: 32 })
  fc.assert(
    fc.property(lengths, (all) => {
      const given = all.map((length, i) => members(32, length)[i] ?? '')
      const { value, problem } = parseTracestate(given.join(','))
      const kept = value.split(',')
      assert.equal(
        kept,
        given.filter((member) => kept.includes(member)),
      )
      assert.ok(value.length <= 1_026)
      if (problem !== undefined) assert.ok(value.length >= 512, String(value.length))
    }),
  )
})

test('what is passed on is passed on again unchanged', () => {
  const junk = fc.string({ unit: fc.constantFrom(...'ab=, \t@*A\x7f\0é'), maxLength: 60 })
  fc.assert(
    fc.property(fc.oneof(junk, fc.string()), (text) => {
      const { value } = parseTracestate(text)
      assert.equal(parseTracestate(value), { value })
      assert.match(value, /^[\x20-\x7e]*$/)
    }),
  )
})

test('a long text takes no long time', () => {
  const started = performance.now()
  for (const text of [`a=${' '.repeat(100_000)}b`, ','.repeat(100_000), 'a'.repeat(100_000)]) parseTracestate(text)
  assert.ok(performance.now() - started < 1_000)
})

test.run()
