import * as assert from 'uvu/assert'
import { createStore } from '../../src/metrics/create-store.ts'
import { counter, summary } from '../../src/metrics/define.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'

const test = suite('merged windows')

function setUp() {
  const clock = manualClock()
  const metrics = [summary('job.done.duration', { tags: ['queue', 'kind'] }), counter('job.done.count')]
  return { clock, store: createStore({ metrics, clock, globalTags: { env: 'test' } }) }
}

test('a quantile over series is that of all values together, not a mean of quantiles', () => {
  const { store } = setUp()
  for (let i = 1; i <= 99; i++) store.bind('job.done.duration', { queue: 'a', kind: 'x' }).record(10)
  store.bind('job.done.duration', { queue: 'b', kind: 'x' }).record(1_000)
  const [all, none] = store.windows('job.done.duration')
  assert.is(none, undefined)
  assert.equal(all?.tags, {})
  assert.is(all?.value.count, 100)
  assert.is(all?.value.max, 1_000)
  assert.ok(Math.abs((all?.value.p99 ?? 0) - 10) <= 0.05)
  assert.is(all?.value.lifetimeSum, 1_990)
})

test('windows are merged by the tags asked for, global ones too, and a tag nobody has is empty', () => {
  const { store } = setUp()
  store.bind('job.done.duration', { queue: 'a', kind: 'x' }).record(1)
  store.bind('job.done.duration', { queue: 'a', kind: 'y' }).record(2)
  store.bind('job.done.duration', { queue: 'b', kind: 'x' }).record(3)
  const by = (...tags: string[]) =>
    store.windows('job.done.duration', tags).map(({ tags: own, value }) => [own, value.count, value.lifetimeCount])
  assert.equal(by('queue'), [
    [{ queue: 'a' }, 2, 2],
    [{ queue: 'b' }, 1, 1],
  ])
  assert.equal(by('env', 'region'), [[{ env: 'test', region: '' }, 3, 3]])
})

test('what has left the window is not counted, and an empty one has no quantiles', () => {
  const { clock, store } = setUp()
  store.bind('job.done.duration', { queue: 'a' }).record(5)
  clock.advance(61_000)
  const [all] = store.windows('job.done.duration')
  assert.is(all?.value.count, 0)
  assert.is(all?.value.p99, undefined)
  assert.is(all?.value.lifetimeCount, 1)
})

test('a metric that is no summary has no windows, and neither has one that is not there', () => {
  const { store } = setUp()
  store.bind('job.done.count').record(1)
  assert.equal(store.windows('job.done.count'), [])
  assert.equal(store.windows('nothing'), [])
})

test.run()
