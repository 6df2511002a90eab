import { monitorEventLoopDelay } from 'node:perf_hooks'
import * as assert from 'uvu/assert'
import { type DelayHistogram, delayOf, measureEventLoopDelay } from '../../src/runtime/event-loop.ts'
import { suite } from '../harness/suite.ts'

const test = suite('runtime/event-loop')

const INTERVAL = 10e6
const histogram: DelayHistogram = {
  count: 3,
  min: 9.9e6,
  mean: 12.5e6,
  max: 60e6,
  stddev: 1.4,
  percentile: (p) => (p === 50 ? 10.25e6 : p === 95 ? 40e6 : 59e6),
}

test('delay is what is beyond the interval of the timer, and never negative', () => {
  assert.equal(delayOf(histogram, INTERVAL), {
    min: 0,
    mean: 2.5e6,
    max: 50e6,
    stddev: 1,
    p50: 0.25e6,
    p95: 30e6,
    p99: 49e6,
  })
})

test('an empty histogram, whose minimum is 2^63, tells nothing', () => {
  assert.is(delayOf({ ...histogram, count: 0, min: 2 ** 63, mean: Number.NaN }, INTERVAL), undefined)
})

test('the histogram runs from the first read to the release, and anew after it', () => {
  const calls: string[] = []
  const delay = measureEventLoopDelay((options) => {
    const inner = monitorEventLoopDelay(options)
    const { enable, disable } = inner
    inner.enable = () => calls.push('enable') > 0 && enable.call(inner)
    inner.disable = () => calls.push('disable') > 0 && disable.call(inner)
    return inner
  })
  void delay.read?.()
  void delay.read?.()
  delay.release?.()
  delay.release?.()
  assert.equal(calls, ['enable', 'disable'])
  void delay.read?.()
  delay.release?.()
  assert.equal(calls, ['enable', 'disable', 'enable', 'disable'])
})

test.run()
