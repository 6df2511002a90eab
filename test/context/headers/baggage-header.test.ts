import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { BaggageEntry } from '../../../src/context/context.ts'
import { formatBaggage, parseBaggage } from '../../../src/context/headers/baggage-header.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('context/headers/baggage-header')

/** Key, value, properties. */
function read(text: string): string[][] {
  return [...parseBaggage(text).baggage].map(([key, { value, properties }]) => [key, value, properties])
}

function members(count: number, length = 6): string[] {
  return Array.from({ length: count }, (_, i) => `k${String(i).padStart(3, '0')}=`.padEnd(length, 'v'))
}

test('members are read with their properties', () => {
  assert.equal(read('a=1;ttl=30;secret , b=2 ; x = y,c='), [
    ['a', '1', 'ttl=30;secret'],
    ['b', '2', 'x = y'],
    ['c', '', ''],
  ])
})

test('a value may hold =', () => {
  assert.equal(read('a=b=c=='), [['a', 'b=c==', '']])
})

test('values are percent-decoded as UTF-8', () => {
  assert.equal(read('a=%41%20%C3%A9%F0%9F%98%80%2c'), [['a', 'A é😀,', '']])
  assert.equal(read('a=%EF%BB%BFx'), [['a', '\ufeffx', '']])
})

test('what is no UTF-8 becomes U+FFFD, a % that escapes nothing stays', () => {
  assert.equal(read('a=x%FFy'), [['a', 'x\ufffdy', '']])
  assert.equal(read('a=%C3,b=%ED%A0%80'), [
    ['a', '\ufffd', ''],
    ['b', '\ufffd\ufffd\ufffd', ''],
  ])
  assert.equal(read('a=100%,b=%4,c=%zz'), [
    ['a', '100%', ''],
    ['b', '%4', ''],
    ['c', '%zz', ''],
  ])
})

test('a malformed member is left out whole, the others stay', () => {
  for (const wrong of [
    'b',
    '=2',
    'b c=2',
    'é=2',
    'b=é',
    'b=a"c',
    'b=a\\c',
    'b=a c',
    'b=2;;',
    'b=2;=3',
    'b=2;p=a b',
    'b=\x7f',
  ]) {
    const { baggage, problem } = parseBaggage(`a=1,${wrong},c=3`)
    assert.equal([...baggage.keys()], ['a', 'c'], wrong)
    assert.is(problem, 'malformed', wrong)
  }
})

test('of two members with one key the last counts', () => {
  assert.equal(read('a=1,b=2,a=3'), [
    ['a', '3', ''],
    ['b', '2', ''],
  ])
  assert.is(parseBaggage('a=1,a=2').problem, 'duplicate')
})

test('64 members are read, the rest is left out', () => {
  assert.is(parseBaggage(members(64).join(',')).problem, undefined)
  const { baggage, problem } = parseBaggage(members(65).join(','))
  assert.is(baggage.size, 64)
  assert.is(baggage.has('k064'), false)
  assert.is(problem, 'limit')
})

test('8,192 bytes are read and sent, a member that crosses them is left out whole', () => {
  const full = [...members(63, 127), 'z='.padEnd(8_192 - 63 * 128, 'v')].join(',')
  assert.is(full.length, 8_192)
  assert.is(formatBaggage(parseBaggage(full).baggage), full)
  const { baggage, problem } = parseBaggage(`${full}v`)
  assert.is(formatBaggage(baggage), members(63, 127).join(','))
  assert.is(problem, 'limit')
})

test('replaced bytes count as they are sent', () => {
  const { baggage, problem } = parseBaggage(`a=${'%FF'.repeat(2_000)},b=1`)
  assert.equal([...baggage.keys()], ['b'])
  assert.is(problem, 'limit')
})

test('only what must be is escaped when written', () => {
  const entry = (value: string, properties = ''): BaggageEntry => ({ value, properties })
  assert.is(formatBaggage(new Map([['a', entry('x=y/z<>?:@')]])), 'a=x=y/z<>?:@')
  assert.is(
    formatBaggage(new Map([['a', entry(' ",;\\%é\r\n\0', 'p;q=1')]])),
    'a=%20%22%2C%3B%5C%25%C3%A9%0D%0A%00;p;q=1',
  )
  assert.is(formatBaggage(new Map([['a', entry('\ud800x')]])), 'a=%EF%BF%BDx')
})

test('what cannot be sent is left out', () => {
  const entry = (value: string, properties = ''): BaggageEntry => ({ value, properties })
  const baggage = new Map([
    ['b c', entry('1')],
    ['', entry('1')],
    ['p', entry('1', 'a\r\nb: c')],
    ['big', entry('x'.repeat(10_000_000))],
    ['a', entry('1')],
  ])
  assert.is(formatBaggage(baggage), 'a=1')
})

test('what is written is read again', () => {
  const key = fc.string({ unit: fc.constantFrom(..."!#$%&'*+-.^_`|~09AZaz"), minLength: 1, maxLength: 12 })
  const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.string({ maxLength: 12 }))
  const properties = fc.constantFrom('', 'ttl=30', 'a;b', 'a = 1 ; b=%20')
  const baggages = fc.array(fc.tuple(key, fc.record({ value, properties }, { noNullPrototype: true })), {
    maxLength: 20,
  })
  fc.assert(
    fc.property(baggages, (entries) => {
      const baggage = new Map(entries)
      assert.equal([...parseBaggage(formatBaggage(baggage)).baggage], [...baggage])
    }),
  )
})

test('what is read is written as a legal header, and then read as the same', () => {
  const junk = fc.string({ unit: fc.constantFrom(...'ab=;,% \t"\\4Fé\x7f\0'), maxLength: 60 })
  fc.assert(
    fc.property(fc.oneof(junk, fc.string()), (text) => {
      const { baggage } = parseBaggage(text)
      const written = formatBaggage(baggage)
      assert.match(written, /^[\t\x20-\x7e]*$/)
      assert.equal(parseBaggage(written), { baggage })
    }),
  )
})

test('a long text takes no long time', () => {
  const started = performance.now()
  const texts = [
    `a=1;${' '.repeat(60_000)}b`,
    ';'.repeat(60_000),
    `a=1${';p'.repeat(30_000)};`,
    `a=${'%'.repeat(60_000)}`,
  ]
  for (const text of texts) parseBaggage(text)
  assert.ok(performance.now() - started < 1_000)
})

test.run()
