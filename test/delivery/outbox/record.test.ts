import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import {
  decodeRecords,
  encodeItem,
  encodeSettled,
  type ItemRecord,
  itemLength,
} from '../../../src/delivery/outbox/record.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('delivery/outbox/record')

const item = (number: number, body = `body ${number}`): ItemRecord => ({
  number,
  time: 1_700_000_000_000,
  id: `id-${number}`,
  key: undefined,
  count: 1,
  body: Buffer.from(body),
})

const three = Buffer.from([1, 2, 3].map((number) => encodeItem(item(number))).join(''), 'latin1')
const numbersIn = (bytes: Buffer) => decodeRecords(bytes).items.map(({ number }) => number)

test('what is written is read back: any id, key and body, and what is settled', () => {
  const record = fc.record({
    number: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    time: fc.nat(),
    id: fc.string({ unit: 'binary' }),
    key: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
    count: fc.integer({ min: 1, max: 1e6 }),
    body: fc.uint8Array({ maxLength: 300 }),
  })
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), fc.array(fc.integer({ min: 1, max: 1e9 })), (records, settled) => {
      const text = records.map(encodeItem).join('') + encodeSettled(settled)
      assert.not.match(text, /[^\n\x20-\x7e]/)
      const read = decodeRecords(Buffer.from(text))
      assert.equal([read.settled, read.corrupt, read.torn], [settled, 0, 0])
      assert.equal(
        read.items.map((one) => ({ ...one, body: [...one.body] })),
        records.map((one) => ({ ...one, body: [...one.body] })),
      )
    }),
  )
})

test('a byte that is flipped anywhere costs at most the record it is in', () => {
  for (let offset = 0; offset < three.length; offset++) {
    for (const flip of [0x01, 0x20, 0x80, 0xff]) {
      const damaged = Buffer.from(three)
      damaged[offset] = (damaged[offset] ?? 0) ^ flip
      const { items, corrupt, torn } = decodeRecords(damaged)
      assert.ok(items.length >= 2, `offset ${offset}: ${items.length} of 3`)
      for (const one of items) assert.equal(Buffer.from(one.body).toString(), `body ${one.number}`)
      if (items.length === 2) assert.ok(corrupt + torn >= 1, `offset ${offset}: nothing counted`)
    }
  }
})

test('a file cut anywhere gives the records before the cut, and at most one that is torn', () => {
  for (let length = 0; length <= three.length; length++) {
    const { items, corrupt, torn } = decodeRecords(three.subarray(0, length))
    assert.is(corrupt, 0)
    assert.equal(
      items.map(({ number }) => number),
      [1, 2, 3].slice(0, items.length),
    )
    assert.ok(torn <= 1)
    if (length === three.length) assert.equal([items.length, torn], [3, 0])
  }
})

test('a body that looks like a record is a body', () => {
  const forged = encodeItem(item(9))
  const damaged = Buffer.from(encodeItem(item(1, forged)), 'latin1')
  assert.equal(numbersIn(damaged), [1])
  damaged[20] = 0xff
  assert.equal(numbersIn(damaged), [])
})

test('a line whose checksum holds but which is no record counts as corrupt', () => {
  const lines = [encodeSettled([1]).replace('{"d":[1]}', '{"d":[2]}'), '\n00000000 {}\n', '\nnonsense\n']
  assert.equal(decodeRecords(Buffer.from(lines.join(''))), { items: [], settled: [], corrupt: 3, torn: 0 })
})

test('the length of a record is foreseen within a quarter', () => {
  for (const size of [0, 1, 100, 100_000]) {
    const one = item(1, 'x'.repeat(size))
    const real = encodeItem(one).length
    assert.ok(Math.abs(itemLength(one) - real) <= real / 4, `${itemLength(one)} for ${real}`)
  }
})

test.run()
