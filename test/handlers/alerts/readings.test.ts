import * as assert from 'uvu/assert'
import { compileRule } from '../../../handlers/alerts/compile-rule.ts'
import { createIncrements } from '../../../handlers/alerts/increments.ts'
import { createRead } from '../../../handlers/alerts/readings.ts'
import type { AlertRule } from '../../../handlers/alerts/rule.ts'
import { createStore } from '../../../src/metrics/create-store.ts'
import { counter, lastValue } from '../../../src/metrics/define.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { suite } from '../../harness/suite.ts'
import { setupAlerts } from './set-up.ts'

const test = suite('handlers/alerts/readings')

function reading(rule: AlertRule, maxGroups = 10) {
  const metrics = [counter('job.done.count', { tags: ['queue'] }), counter('job.all.count', { tags: ['queue'] })]
  const clock = manualClock()
  const store = createStore({ metrics, clock })
  const compiled = compileRule(rule, { metrics, suppression: {}, index: 0 })
  const { source } = compiled
  if (source.type !== 'metric') throw new Error('not about a metric')
  const done = (queue: string, amount: number, name = 'job.done.count') => store.bind(name, { queue }).record(amount)
  done('early', 100)
  const increments = createIncrements(store, ['job.done.count', 'job.all.count'])
  const read = createRead(compiled, source, { store, increments, maxGroups, now: clock.monotonicTime() })
  return {
    done,
    /** Values by queue, after so many seconds. */
    after(seconds: number) {
      clock.advance(seconds * 1_000)
      increments.begin()
      return Object.fromEntries(
        read(clock.monotonicTime()).map(({ tags, reading: { value } }) => [tags.queue ?? '', value]),
      )
    },
  }
}

const perQueue = { name: 'r', metric: 'job.done.count', above: 1, by: ['queue'], windowMs: 10_000 } as const

test('what a counter holds already is not news, and what came is counted once', () => {
  const { done, after } = reading({ ...perQueue, stat: 'count' })
  assert.equal(after(1), {})
  done('a', 3)
  done('early', 1)
  assert.equal(after(1), { early: 1, a: 3 })
  assert.equal(after(1), { early: 1, a: 3 })
  assert.equal(after(10), { early: 0, a: 0 })
})

test('a ratio is of what came, and where nothing came there is none', () => {
  const { done, after } = reading({ ...perQueue, stat: 'ratio', over: 'job.all.count', above: '5%' })
  done('a', 1)
  done('a', 4, 'job.all.count')
  done('b', 8, 'job.all.count')
  assert.equal(after(1), { a: 0.25, b: 0 })
})

test('what nothing has come of for ten windows is forgotten, but not where that is what counts', () => {
  const high = reading({ ...perQueue, stat: 'rate' })
  high.done('a', 1)
  high.after(1)
  assert.ok('a' in high.after(100))
  high.after(10)
  assert.equal(high.after(1), {})
  const low = reading({ name: 'r', metric: 'job.done.count', below: 1, by: ['queue'], windowMs: 10_000, stat: 'rate' })
  low.done('a', 1)
  for (let i = 0; i < 30; i++) low.after(10)
  assert.is(low.after(1).a, 0)
})

test('no more combinations are followed than there is room for', () => {
  const { done, after } = reading({ ...perQueue, stat: 'count' }, 2)
  for (const queue of ['a', 'b', 'c']) done(queue, 1)
  assert.is(Object.keys(after(1)).length, 2)
})

test('the last value of several series is the worst of them, on the side of the limit', () => {
  const { clock, store, told } = setupAlerts(
    {
      rules: [
        { name: 'low', metric: 'job.depth', stat: 'last', below: 5 },
        { name: 'high', metric: 'job.depth', stat: 'last', above: 50 },
      ],
    },
    [lastValue('job.depth', { tags: ['queue'] })],
  )
  for (const [queue, value] of [
    ['a', 2],
    ['b', 20],
    ['c', 60],
  ] as const)
    store.bind('job.depth', { queue }).record(value)
  clock.advance(10_000)
  assert.equal(
    told.map(({ rule, measurements }) => [rule, measurements.value]),
    [
      ['low', 2],
      ['high', 60],
    ],
  )
})

test.run()
