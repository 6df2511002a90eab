import * as assert from 'uvu/assert'
import { beginAttempt, type Deliver } from '../../src/delivery/attempt.ts'
import type { DeliveryResult } from '../../src/delivery/outcome.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { settle } from '../../src/testing/settle.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/attempt')
const fine: DeliveryResult = { outcome: 'delivered', reason: 'fine' }

function begin(deliver: Deliver<string>) {
  const clock = manualClock()
  const results: DeliveryResult[] = []
  const attempt = beginAttempt(deliver, 'item', { clock, timeoutMs: 100, done: (result) => void results.push(result) })
  return { clock, results, attempt }
}

test('the result is passed on once, later, and no timer is left', async () => {
  const { clock, results } = begin(async () => fine)
  assert.equal(results, [])
  await settle()
  clock.advance(100)
  assert.equal(results, [fine])
  assert.is(clock.pending, 0)
})

test('a throw, a rejection and no result are retries that quote nothing', async () => {
  const thrower: Deliver<string> = () => {
    throw new Error('https://canary')
  }
  const empty: Deliver<string> = async () => JSON.parse('null')
  for (const deliver of [thrower, empty, () => Promise.reject('https://canary')]) {
    const { clock, results } = begin(deliver)
    await settle()
    assert.is(results[0]?.outcome, 'retry')
    assert.not.match(JSON.stringify(results), 'canary')
    assert.is(clock.pending, 0)
  }
})

test('one that does not end is aborted and a retry; what comes of it later is ignored', async () => {
  let answer = (_result: DeliveryResult) => {}
  let signal: AbortSignal | undefined
  const { clock, results } = begin((_item, given) => {
    signal = given
    return new Promise((resolve) => (answer = resolve))
  })
  clock.advance(100)
  assert.is(signal?.aborted, true)
  answer(fine)
  await settle()
  assert.equal(
    results.map(({ outcome }) => outcome),
    ['retry'],
  )
})

test('one that is cancelled is aborted and never heard of again', async () => {
  let signal: AbortSignal | undefined
  const { clock, results, attempt } = begin(async (_item, given) => {
    signal = given
    return fine
  })
  attempt.cancel()
  await settle()
  assert.is(signal?.aborted, true)
  assert.equal(results, [])
  assert.is(clock.pending, 0)
})

test.run()
