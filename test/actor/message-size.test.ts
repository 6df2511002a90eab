import * as assert from 'uvu/assert'
import { estimateSize } from '../../src/actor/message-size.ts'
import { suite } from '../harness/suite.ts'

const test = suite('actor/message-size')

test('what a message takes is estimated by what is in it, one level deep', () => {
  assert.is(estimateSize('x'.repeat(100)), 116)
  assert.is(estimateSize(5), 8)
  assert.is(estimateSize(new Uint8Array(1_000)), 1_056)
  assert.is(estimateSize({ type: 'pay', amount: 3 }), 56 + 8 + 19 + 8 + 8)
  assert.ok(estimateSize(new Array(10_000).fill(1)) >= 10_000 * 16)
})

test('it looks at few entries, calls no getter, and takes anything', () => {
  const hostile = {
    get secret() {
      throw new Error('looked')
    },
  }
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  for (const message of [hostile, proxy, null, undefined, Symbol('x'), 10n, () => {}, Object.create(null)])
    assert.ok(estimateSize(message) > 0)
})

test.run()
