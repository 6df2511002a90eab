import { channel } from 'node:diagnostics_channel'
import * as assert from 'uvu/assert'
import { subscribeAll } from '../../src/interop/subscriptions.ts'
import { suite } from '../harness/suite.ts'

const test = suite('interop/subscriptions')

test('messages arrive until the end', () => {
  const seen: unknown[] = []
  const cancel = subscribeAll({ 'sonde.test.a': (message) => void seen.push(message) })
  channel('sonde.test.a').publish(1)
  cancel()
  channel('sonde.test.a').publish(2)
  assert.equal(seen, [1])
  assert.is(channel('sonde.test.a').hasSubscribers, false)
})

test('a subscriber that throws never becomes an uncaughtException', async () => {
  const uncaught: unknown[] = []
  const listener = (error: unknown) => void uncaught.push(error)
  process.on('uncaughtException', listener)
  const cancel = subscribeAll({
    'sonde.test.b': () => {
      throw new Error('boom')
    },
  })
  channel('sonde.test.b').publish({})
  await new Promise((resolve) => setImmediate(resolve))
  process.off('uncaughtException', listener)
  cancel()
  assert.equal(uncaught, [])
})

test.run()
