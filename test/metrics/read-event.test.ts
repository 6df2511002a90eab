import * as assert from 'uvu/assert'
import { readKey, sampleWeight } from '../../src/metrics/read-event.ts'
import { suite } from '../harness/suite.ts'

const test = suite('metrics/read-event')

test('a weight counts from one to a billion', () => {
  const weights = [undefined, 1, 4, 2.4, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e10, '3']
  assert.equal(weights.map(sampleWeight), [1, 1, 4, 2, 1, 1, 1, 1, 1, 1])
})

test('a key that cannot be read holds nothing', () => {
  const throws = {
    get x(): never {
      throw new Error('no')
    },
  }
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  for (const from of [throws, proxy, {}]) assert.is(readKey(from, 'x'), undefined)
  assert.is(readKey({ x: 5 }, 'x'), 5)
})

test.run()
