import * as assert from 'uvu/assert'
import { createLru } from '../../../handlers/errors/lru.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/errors/lru')

test('the one that was not asked for the longest gives way, and comes back as new', () => {
  let made = 0
  const lru = createLru(2, (key) => ({ key, number: ++made }))
  const a = lru.of('a')
  lru.of('b')
  assert.is(lru.of('a'), a)
  lru.of('c')
  assert.equal(
    [...lru.entries()].map(([key]) => key),
    ['a', 'c'],
  )
  assert.is(lru.of('b').number, 4)
  assert.is(lru.of('__proto__').key, '__proto__')
})

test.run()
