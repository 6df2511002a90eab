import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { formatTraceparent, parseTraceparent } from '../../../src/context/headers/traceparent.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('context/headers/traceparent')

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'

function flagsOf(text: string): number | undefined {
  return parseTraceparent(text)?.traceFlags
}

function assertInvalid(...texts: string[]): void {
  for (const text of texts) assert.is(parseTraceparent(text), undefined, JSON.stringify(text))
}

test('version, trace id, span id and flags are read', () => {
  assert.equal(parseTraceparent(`00-${traceId}-${spanId}-01`), { traceId, spanId, traceFlags: 1 })
})

test('the bits for sampled and random are kept, others are dropped', () => {
  assert.is(flagsOf(`00-${traceId}-${spanId}-00`), 0)
  assert.is(flagsOf(`00-${traceId}-${spanId}-02`), 2)
  assert.is(flagsOf(`00-${traceId}-${spanId}-03`), 3)
  assert.is(flagsOf(`00-${traceId}-${spanId}-ff`), 3)
  assert.is(flagsOf(`00-${traceId}-${spanId}-fc`), 0)
})

test('version 00 has 55 characters', () => {
  const valid = `00-${traceId}-${spanId}-01`
  assert.is(valid.length, 55)
  assertInvalid('', valid.slice(0, 54), `${valid}-`, `${valid}-more`, `${valid}.`, `${valid}0`)
})

test('of a later version the first 55 characters are read, when a dash or the end follows', () => {
  const later = `cc-${traceId}-${spanId}-01`
  assert.is(parseTraceparent(later)?.traceId, traceId)
  assert.is(parseTraceparent(`${later}-what-the-future-will-be-like`)?.spanId, spanId)
  assertInvalid(`${later}.what`, `${later}0`, later.slice(0, 54))
})

test('version ff is invalid', () => {
  assertInvalid(`ff-${traceId}-${spanId}-01`, `ff-${traceId}-${spanId}-01-more`)
})

test('ids that are all zero are invalid', () => {
  assertInvalid(`00-${'0'.repeat(32)}-${spanId}-01`, `00-${traceId}-${'0'.repeat(16)}-01`)
  assertInvalid(`cc-${'0'.repeat(32)}-${spanId}-01`)
})

test('upper case is invalid', () => {
  assertInvalid(`00-${traceId.toUpperCase()}-${spanId}-01`, `00-${traceId}-${spanId.toUpperCase()}-01`)
  assertInvalid(`CC-${traceId}-${spanId}-01`, `00-${traceId}-${spanId}-0A`)
})

test('every part has its length and its characters', () => {
  assertInvalid(`0-${traceId}-${spanId}-01`, `000-${traceId}-${spanId}-01`, `.0-${traceId}-${spanId}-01`)
  assertInvalid(
    `00-${traceId}0-${spanId}-01`,
    `00-${traceId.slice(1)}-${spanId}-01`,
    `00-g${traceId.slice(1)}-${spanId}-01`,
  )
  assertInvalid(
    `00-${traceId}-${spanId}0-01`,
    `00-${traceId}-${spanId.slice(1)}-01`,
    `00-${traceId}-.${spanId.slice(1)}-01`,
  )
  assertInvalid(`00-${traceId}-${spanId}-1`, `00-${traceId}-${spanId}-001`, `00-${traceId}-${spanId}-.1`)
  assertInvalid(`00_${traceId}-${spanId}-01`, `00-${traceId}-${spanId}-01\n`, `00-${traceId}-${spanId}-01\n00`)
})

test('spaces and tabs around it do not count', () => {
  assert.is(parseTraceparent(`\t 00-${traceId}-${spanId}-01 \t`)?.traceId, traceId)
})

test('what is written is read again', () => {
  const hex = (length: number) =>
    fc
      .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
      .filter((id) => !/^0+$/.test(id))
  const traceFlags = fc.integer({ min: 0, max: 3 })
  const parents = fc.record({ traceId: hex(32), spanId: hex(16), traceFlags }, { noNullPrototype: true })
  fc.assert(fc.property(parents, (parent) => assert.equal(parseTraceparent(formatTraceparent(parent)), parent)))
})

test.run()
