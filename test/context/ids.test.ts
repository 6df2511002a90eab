import * as assert from 'uvu/assert'
import { isCorrelationId, isSpanId, isTraceId, newTraceId } from '../../src/context/ids.ts'
import { suite } from '../harness/suite.ts'

const test = suite('context/ids')

test('each hex digit of a trace id takes every value', () => {
  const seen = Array.from({ length: 32 }, () => new Set<string>())
  for (let n = 0; n < 2_000; n++) for (const [place, digit] of [...newTraceId()].entries()) seen[place]?.add(digit)
  assert.ok(isTraceId(newTraceId()))
  assert.ok(seen.every((digits) => digits.size === 16))
})

test('ids are what the specification says, and nothing else', () => {
  const hex = (length: number) => 'a1'.repeat(length / 2)
  assert.equal([isTraceId(hex(32)), isSpanId(hex(16))], [true, true])
  for (const wrong of ['', '0'.repeat(32), hex(30), hex(34), hex(32).toUpperCase(), `${hex(32)}\n`, hex(16), 7, null]) {
    assert.not.ok(isTraceId(wrong), String(wrong))
  }
  for (const wrong of ['', '0'.repeat(16), hex(14), hex(18), hex(16).toUpperCase(), `${hex(16)}\n`, undefined, {}]) {
    assert.not.ok(isSpanId(wrong), String(wrong))
  }
  for (const wrong of ['', 'a'.repeat(129), 'a b', 'a\n', '\u007f', 'é', 7, ['a']]) {
    assert.not.ok(isCorrelationId(wrong), String(wrong))
  }
})

test.run()
