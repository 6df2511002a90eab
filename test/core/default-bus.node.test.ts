import * as assert from 'uvu/assert'
import * as first from '../../src/index.ts'
import { suite } from '../harness/suite.ts'
import { secondCopy } from './second-copy.ts'

const test = suite('core/default-bus in Node', { limitMs: 30_000 })

test('two installed copies of the library share one default bus, both ways', async () => {
  using second = secondCopy()
  const copy = await second.load<typeof first>('src/index.ts')
  const seen: string[] = []
  assert.is.not(copy.createBus, first.createBus)
  const detachFirst = first.attach('two-copies.first', 'two_copies.*', (name) => void seen.push(`first ${name}`))
  const detachSecond = copy.attach('two-copies.second', 'two_copies.*', (name) => void seen.push(`second ${name}`))

  first.execute('two_copies.a', {})
  copy.execute('two_copies.b', {})
  copy.span('two_copies', {}, () => {})

  const heard = ['a', 'b', 'start', 'stop'].flatMap((last) => [`first two_copies.${last}`, `second two_copies.${last}`])
  assert.equal(seen, heard)
  assert.throws(
    () => copy.attach('two-copies.first', 'x', () => {}),
    (error: unknown) => Reflect.get(Object(error), 'code') === 'handler_exists',
  )
  assert.is(copy.detach('two-copies.first'), true)
  assert.is(detachFirst(), false)
  assert.is(detachSecond(), true)
})

test.run()
