import * as assert from 'uvu/assert'
import { cpuBetween } from '../../src/runtime/cpu.ts'
import { suite } from '../harness/suite.ts'

const test = suite('runtime/cpu')

test('times are nanoseconds, utilization the share of all CPUs', () => {
  const before = { user: 1_000, system: 500, at: 100 }
  const after = { user: 501_000, system: 250_500, at: 1_100 }
  assert.equal(cpuBetween(before, after, 1), { user: 500e6, system: 250e6, utilization: 0.75 })
  assert.is(cpuBetween(before, after, 4).utilization, 0.1875)
})

test('utilization is never more than 1 nor NaN', () => {
  const reading = { user: 0, system: 0, at: 0 }
  assert.is(cpuBetween(reading, { user: 9_000, system: 0, at: 1 }, 1).utilization, 1)
  assert.is(cpuBetween(reading, reading, 1).utilization, 0)
})

test.run()
