import * as assert from 'uvu/assert'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'

const test = suite('testing/manual-clock')

test('time stands still until it is moved', () => {
  const clock = manualClock(1_000)
  assert.is(clock.wallTime(), 1_000)
  assert.is(clock.monotonicTime(), 0)
  clock.advance(1.5)
  assert.is(clock.wallTime(), 1_001.5)
  assert.is(clock.monotonicTime(), 1_500_000)
})

test('due timers run in order, each at its own time', () => {
  const clock = manualClock()
  const ran: string[] = []
  const note = (name: string) => () => ran.push(`${name}@${clock.wallTime()}`)
  clock.after(20, note('b'))
  clock.after(10, note('a'))
  clock.after(20, note('c'))
  clock.every(15, note('e'))
  clock.after(31, note('late'))
  clock.advance(30)
  assert.equal(ran, ['a@10', 'e@15', 'b@20', 'c@20', 'e@30'])
  assert.is(clock.wallTime(), 30)
  assert.is(clock.pending, 2)
})

test('a timer set by a timer runs in the same advance when it is due', () => {
  const clock = manualClock()
  const ran: number[] = []
  clock.after(5, () => clock.after(5, () => ran.push(clock.wallTime())))
  clock.advance(10)
  assert.equal(ran, [10])
})

test('a cancelled timer does not run, also when cancelled by the timer before it', () => {
  const clock = manualClock()
  const cancelled = clock.after(2, () => assert.unreachable())
  clock.after(1, cancelled)
  const cancelEvery = clock.every(1, () => cancelEvery())
  clock.advance(10)
  assert.is(clock.pending, 0)
})

test('a timer of no or negative length waits for the next move', () => {
  const clock = manualClock()
  let ran = 0
  clock.after(0, () => ran++)
  clock.after(-5, () => ran++)
  assert.is(ran, 0)
  clock.advance(0)
  assert.is(ran, 2)
})

test('setting the wall clock moves neither timers nor monotonic time', () => {
  const clock = manualClock(1_000)
  let ran = 0
  clock.after(10, () => ran++)
  clock.advance(5)
  clock.setWallTime(99)
  assert.is(clock.wallTime(), 99)
  assert.is(clock.monotonicTime(), 5_000_000)
  assert.is(ran, 0)
  clock.advance(5)
  assert.is(ran, 1)
  assert.is(clock.wallTime(), 104)
})

test('a timer that throws reaches the test and the others stay', () => {
  const clock = manualClock()
  let ran = 0
  clock.after(1, () => {
    throw new Error('in a timer')
  })
  clock.after(2, () => ran++)
  assert.throws(() => clock.advance(5), 'in a timer')
  clock.advance(5)
  assert.is(ran, 1)
})

test.run()
