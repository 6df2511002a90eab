import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { runChild } from './child.ts'

const test = suite('core/clock in Node', { limitMs: 30_000 })

test('timers of the system clock, quarantines and span deadlines do not keep the process alive', async () => {
  assert.equal(await runChild('idle-timers', { timeoutMs: 20_000 }), { running: true })
})

test.run()
