import * as assert from 'uvu/assert'
import { estimate, observe, REGISTERS, unite } from '../../../handlers/usage/hyperloglog.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/usage/hyperloglog')

test('the first twelve bits choose the register, the place of the next one is its rank', () => {
  const rows: readonly (readonly [high: number, low: number, index: number, rank: number])[] = [
    [0x00080000, 0, 0, 1],
    [0xfff00001, 0, 4_095, 20],
    [0x00100000, 0x80000000, 1, 21],
    [0x00100000, 1, 1, 52],
    [0x00100000, 0, 1, 53],
  ]
  for (const [high, low, index, rank] of rows) {
    const registers = new Uint8Array(REGISTERS)
    observe(registers, { high, low })
    assert.is(registers[index], rank)
    assert.is(registers.filter((one) => one > 0).length, 1)
  }
})

test('a register keeps the largest of what it has seen, and of two sketches too', () => {
  const registers = new Uint8Array(REGISTERS)
  for (const low of [1, 0x80000000]) observe(registers, { high: 0, low })
  assert.is(registers[0], 52)
  const other = new Uint8Array(REGISTERS)
  other[0] = 3
  other[7] = 9
  unite(registers, other)
  assert.equal([registers[0], registers[7]], [52, 9])
})

test('nothing is none, and the worst there can be is a number', () => {
  assert.is(estimate(new Uint8Array(REGISTERS)), 0)
  assert.ok(estimate(new Uint8Array(REGISTERS).fill(53)) > 1e15)
})

test.run()
