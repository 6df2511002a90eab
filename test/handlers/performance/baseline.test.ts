import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { type Baseline, judge, unknownBaseline } from '../../../handlers/performance/baseline.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/performance/baseline')
const rule = { factor: 2, alpha: 0.2, warmUp: 3 }

function after(values: readonly number[], from: Baseline = unknownBaseline) {
  let baseline = from
  const told: number[] = []
  for (const [index, p99] of values.entries()) {
    const judgement = judge(baseline, p99, rule)
    baseline = judgement.baseline
    if (judgement.degradation !== undefined) told.push(index)
  }
  return { baseline, told }
}

test('the first windows are learnt from with equal weight, and nothing is judged by them', () => {
  assert.is(after([100, 200, 300]).baseline.p99, 200)
  assert.equal(after([1, 100, 10_000]).told, [])
  assert.equal(after([100, 100, 100, 201]).told, [3])
  assert.equal(after([100, 100, 100, 200]).told, [])
})

test('it is told once, with how many times the baseline it is, until it is back', () => {
  const { degradation, baseline } = judge({ p99: 100, windows: 5, degraded: false }, 450, rule)
  assert.equal(degradation, { value: 450, threshold: 200, degradation_factor: 4.5 })
  assert.ok(baseline.degraded)
  assert.is(judge(baseline, 450, rule).degradation, undefined)
  // Halfway between the baseline and the limit is back; a little more is not.
  assert.ok(judge({ p99: 100, windows: 9, degraded: true }, 151, rule).baseline.degraded)
  assert.not.ok(judge({ p99: 100, windows: 9, degraded: true }, 150, rule).baseline.degraded)
  assert.equal(after([...Array(10).fill(100), 500, 500, 100, 500]).told, [10, 13])
})

test('a degraded window teaches little, however bad it is: 5 % with the defaults', () => {
  const learnt = (p99: number) => judge({ p99: 100, windows: 9, degraded: false }, p99, rule).baseline.p99
  assert.is(learnt(250), 105)
  assert.is(learnt(1e9), 105)
  assert.is(learnt(150), 110)
})

test('a new level that lasts becomes the baseline: four times the old one in 24 windows', () => {
  let baseline: Baseline = { p99: 100, windows: 9, degraded: false }
  let windows = 0
  for (; windows === 0 || baseline.degraded; windows++) baseline = judge(baseline, 400, rule).baseline
  assert.is(windows, 24)
})

test('no p99 and no rule make a baseline that is none', () => {
  const rules = fc.record({
    factor: fc.double({ min: 1.01, max: 10, noNaN: true }),
    alpha: fc.double({ min: 0.01, max: 1, noNaN: true }),
    warmUp: fc.integer({ min: 1, max: 5 }),
  })
  fc.assert(
    fc.property(fc.array(fc.nat(1e12), { maxLength: 40 }), rules, (values, own) => {
      let baseline = unknownBaseline
      let [low, high] = [Number.POSITIVE_INFINITY, 0]
      for (const p99 of values) {
        baseline = judge(baseline, p99, own).baseline
        low = Math.min(low, p99)
        high = Math.max(high, p99)
        assert.ok(baseline.p99 >= Math.min(low, high) - 1e-3 && baseline.p99 <= high * (1 + 1e-9), `${baseline.p99}`)
      }
    }),
  )
})

test('a clock that is too coarse to tell anything tells nothing', () => {
  assert.equal(after([0, 0, 0, 0]).baseline, { p99: 0, windows: 0, degraded: false })
  assert.equal(after([0, 0, 100, 100, 100]).told, [])
})

test.run()
