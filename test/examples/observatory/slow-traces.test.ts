import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { createSlowTraces, type Dated } from '../../../examples/observatory/slow-traces.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('examples/observatory/slow-traces')

function dated(begun: number): Dated {
  return { id: `at ${begun}`, begun }
}

test('the slowest of each title is kept, until one is slower', () => {
  const slow = createSlowTraces()
  slow.offer(dated(1), 'GET /a', 30, 0)
  slow.offer(dated(2), 'GET /b', 5, 0)
  slow.offer(dated(3), 'GET /a', 20, 0)
  assert.equal(
    slow.since(0).map(({ id }) => id),
    ['at 1', 'at 2'],
  )
  slow.offer(dated(4), 'GET /a', 40, 0)
  assert.equal(
    slow.since(0).map(({ id }) => id),
    ['at 4', 'at 2'],
  )
  assert.is(slow.find('at 1'), undefined)
  assert.is(slow.find('at 4')?.begun, 4)
})

test('when the slowest has grown old, it is the slowest of those that came after', () => {
  const slow = createSlowTraces()
  for (const [begun, duration] of [
    [1, 50],
    [2, 10],
    [3, 30],
    [4, 20],
  ] as const) {
    slow.offer(dated(begun), 'GET /a', duration, 0)
  }
  assert.is(slow.since(1)[0]?.id, 'at 1')
  assert.is(slow.since(2)[0]?.id, 'at 3')
  assert.is(slow.since(4)[0]?.id, 'at 4')
  assert.equal(slow.since(5), [])
})

test('nobody has to read: what is old makes room for what is offered', () => {
  const slow = createSlowTraces()
  for (let n = 0; n < 6; n++) slow.offer(dated(n), 'GET /a', 100 - n, 0)
  slow.offer(dated(1_000), 'GET /a', 1, 500)
  assert.equal(
    slow.since(500).map(({ id }) => id),
    ['at 1000'],
  )
})

test('a flood of titles is bounded, and so is what is kept of one', () => {
  const slow = createSlowTraces()
  for (let n = 0; n < 1_000; n++) slow.offer(dated(n), `GET /${n}`, n, 0)
  assert.is(slow.since(0).length, 20)
  const one = createSlowTraces()
  for (let n = 0; n < 1_000; n++) one.offer(dated(n), 'GET /a', 1_000 - n, 0)
  const kept = Array.from({ length: 1_000 }, (_, n) => one.find(`at ${n}`)).filter((found) => found !== undefined)
  assert.is(kept.length, 6)
})

test('against a sort of everything: the first is the slowest of the window', () => {
  // So few that no list of candidates is ever full.
  const durations = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(durations, fc.nat(6), (given, oldest) => {
      const slow = createSlowTraces()
      for (const [begun, duration] of given.entries()) slow.offer(dated(begun), 'GET /a', duration, 0)
      const inside = [...given.entries()].filter(([begun]) => begun >= oldest)
      const most = Math.max(...inside.map(([, duration]) => duration))
      const expected = inside.findLast(([, duration]) => duration === most)
      assert.is(slow.since(oldest)[0]?.begun, expected?.[0])
    }),
  )
})

test.run()
