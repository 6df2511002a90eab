import fc from 'fast-check'
import * as assert from 'uvu/assert'
import {
  formatSeedBaggage,
  formatSeedFlags,
  parseSeedBaggage,
  parseSeedFlags,
  parseSeedSpanId,
  parseSeedTraceId,
} from '../../../src/context/headers/seed-headers.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('context/headers/seed-headers')

/** As DSPex writes ids: Elixir's `Base.hex_encode32(bytes, case: :lower, padding: false)`. */
function base32hex(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((part) => Number.parseInt(part.padEnd(5, '0'), 2).toString(32)).join('')
}

function read(text: string): string[][] {
  return [...parseSeedBaggage(text).baggage].map(([key, { value }]) => [key, value])
}

test('ids in hex are taken as they are', () => {
  assert.is(parseSeedTraceId('0af7651916cd43dd8448eb211c80319c'), '0af7651916cd43dd8448eb211c80319c')
  assert.is(parseSeedSpanId('b7ad6b7169203331'), 'b7ad6b7169203331')
})

test('ids in base32hex of 16 and of 8 bytes become hex', () => {
  assert.is(parseSeedTraceId('1brma68mpl1tr128tcghp01hjg'), '0af7651916cd43dd8448eb211c80319c')
  assert.is(parseSeedSpanId('mummmsb940pj2'), 'b7ad6b7169203331')
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const hex = Buffer.from(bytes).toString('hex')
      assert.is(parseSeedTraceId(base32hex(bytes)), /^0+$/.test(hex) ? undefined : hex)
      const half = hex.slice(0, 16)
      assert.is(parseSeedSpanId(base32hex(bytes.slice(0, 8))), /^0+$/.test(half) ? undefined : half)
    }),
  )
})

test('other ids are not taken', () => {
  const wrong = [
    '',
    'x',
    '0'.repeat(32),
    '0'.repeat(26),
    'v'.repeat(26),
    'w'.repeat(26),
    'A'.repeat(32),
    '1'.repeat(27),
  ]
  for (const id of wrong) assert.is(parseSeedTraceId(id), undefined, id)
  for (const id of ['', '0'.repeat(13), 'v'.repeat(13), '1'.repeat(12), '1'.repeat(32)]) {
    assert.is(parseSeedSpanId(id), undefined, id)
  }
})

test('flags are read as DSPex writes them, and as hex', () => {
  assert.is(parseSeedFlags('sampled=true'), 1)
  assert.is(parseSeedFlags('debug=false,sampled=true'), 1)
  assert.is(parseSeedFlags('sampled=false'), 0)
  assert.is(parseSeedFlags('debug=true'), 0)
  assert.is(parseSeedFlags('01'), 1)
  assert.is(parseSeedFlags('3'), 3)
  for (const wrong of ['', 'sampled', 'sampled=maybe', 'a=b', '04', 'sampled=true,', 'a=true,'.repeat(10_000)]) {
    assert.is(parseSeedFlags(wrong), undefined, wrong.slice(0, 20))
  }
  assert.is(parseSeedFlags(formatSeedFlags(3)), 1)
  assert.is(parseSeedFlags(formatSeedFlags(2)), 0)
})

test('baggage is read as DSPex writes it, with , and = within values', () => {
  assert.equal(read('user=al%20ice,list=a,b,c,sum=1+1=2,e='), [
    ['user', 'al ice'],
    ['list', 'a,b,c'],
    ['sum', '1+1=2'],
    ['e', ''],
  ])
  assert.equal(read(''), [])
})

test('baggage that cannot be is left out, member by member', () => {
  const { baggage, problem } = parseSeedBaggage('no key=1,a=1,b=é')
  assert.equal([...baggage.keys()], ['a'])
  assert.is(problem, 'malformed')
  assert.is(parseSeedBaggage('a=1,'.repeat(100)).problem, 'malformed')
  const many = Array.from({ length: 100 }, (_, i) => `k${i}=1`).join(',')
  assert.is(parseSeedBaggage(many).problem, 'limit')
})

test('baggage that is written for DSPex is read again', () => {
  const key = fc.string({ unit: fc.constantFrom(...'abz09._-'), minLength: 1, maxLength: 8 })
  const value = fc.string({ unit: 'binary', maxLength: 12 })
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value), { maxLength: 20 }), (entries) => {
      const baggage = new Map(entries.map(([name, text]) => [name, { value: text, properties: 'ttl=1' }]))
      const again = parseSeedBaggage(formatSeedBaggage(baggage)).baggage
      assert.equal(
        [...again],
        [...baggage].map(([name, entry]) => [name, { ...entry, properties: '' }]),
      )
    }),
  )
})

test('a long text takes no long time', () => {
  const started = performance.now()
  for (const text of [','.repeat(60_000), ',a'.repeat(30_000), `,${'a'.repeat(60_000)}`]) parseSeedBaggage(text)
  assert.ok(performance.now() - started < 1_000)
})

test.run()
