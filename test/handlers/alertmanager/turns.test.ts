import * as assert from 'uvu/assert'
import { createTurns } from '../../../handlers/alertmanager/turns.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('alertmanager/turns')

test('one task runs at a time, in order, and one that fails lets the next begin', async () => {
  const inTurn = createTurns()
  const seen: string[] = []
  const task = (name: string, fails: boolean) => async () => {
    seen.push(`${name} begins`)
    await new Promise(setImmediate)
    seen.push(`${name} ends`)
    if (fails) throw new Error(name)
    return name
  }
  const results = await Promise.allSettled([inTurn(task('a', true)), inTurn(task('b', false))])
  assert.equal(
    results.map(({ status }) => status),
    ['rejected', 'fulfilled'],
  )
  assert.equal(seen, ['a begins', 'a ends', 'b begins', 'b ends'])
})

test.run()
