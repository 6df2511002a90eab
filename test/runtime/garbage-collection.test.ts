import { constants } from 'node:perf_hooks'
import * as assert from 'uvu/assert'
import { kindOf } from '../../src/runtime/garbage-collection.ts'
import { suite } from '../harness/suite.ts'

const test = suite('runtime/garbage-collection')

test('every kind that this Node has is known by name', () => {
  const numbers = Object.entries(constants).filter(([name]) => /^NODE_PERFORMANCE_GC_(?!FLAGS)/.test(name))
  assert.ok(numbers.length >= 4)
  for (const [name, kind] of numbers) assert.is.not(kindOf({ detail: { kind } }), 'other', name)
  assert.is(kindOf({ detail: { kind: constants.NODE_PERFORMANCE_GC_MAJOR } }), 'major')
})

test('a kind that is new, or none, is other', () => {
  for (const entry of [{ detail: { kind: 1_024 } }, { detail: undefined }, { detail: null }, {}]) {
    assert.is(kindOf(entry), 'other')
  }
})

test.run()
