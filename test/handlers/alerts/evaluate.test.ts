import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { type Condition, evaluate, inactive, type Limits } from '../../../handlers/alerts/evaluate.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/evaluate')

const above: Limits = { direction: 'above', limit: 100, resolveAt: 80, forNs: 10, keepFiringNs: 5, minCount: 20 }
const below: Limits = { ...above, direction: 'below', resolveAt: 120 }
const pending: Condition = { phase: 'pending', since: 100 }
const firing: Condition = { phase: 'firing', since: 100 }
const keeping: Condition = { ...firing, goodSince: 198 }

type Row = readonly [
  limits: Limits,
  value: number | undefined,
  count: number,
  before: Condition,
  verdict: string,
  after: Condition,
]

/** All at 200. */
const rows: readonly Row[] = [
  [above, undefined, 50, firing, 'no_data', firing],
  [above, Number.NaN, 50, pending, 'no_data', pending],
  [above, undefined, 0, inactive, 'no_data', inactive],
  [above, 1_000, 19, inactive, 'too_few', inactive],
  [above, 0, 19, firing, 'too_few', firing],
  [above, 100, 20, inactive, 'good', inactive],
  [above, 101, 20, inactive, 'pending', { phase: 'pending', since: 200 }],
  [{ ...above, forNs: 0 }, 101, 20, inactive, 'fired', { phase: 'firing', since: 200 }],
  [above, 101, 20, { phase: 'pending', since: 191 }, 'pending', { phase: 'pending', since: 191 }],
  [above, 101, 20, { phase: 'pending', since: 190 }, 'fired', { phase: 'firing', since: 200 }],
  [above, 100, 20, pending, 'cleared', { phase: 'inactive', since: 200 }],
  [above, 101, 20, firing, 'firing', firing],
  [above, 81, 20, firing, 'holding', firing],
  [above, 80, 20, firing, 'keeping', { ...firing, goodSince: 200 }],
  [above, 80, 20, keeping, 'keeping', keeping],
  [above, 80, 20, { ...firing, goodSince: 195 }, 'resolved', { phase: 'inactive', since: 200 }],
  [above, 101, 20, keeping, 'firing', firing],
  [above, 90, 20, keeping, 'holding', firing],
  [{ ...above, keepFiringNs: 0 }, 80, 20, firing, 'resolved', { phase: 'inactive', since: 200 }],
  [above, Number.POSITIVE_INFINITY, 20, firing, 'firing', firing],
  [below, 99, 20, inactive, 'pending', { phase: 'pending', since: 200 }],
  [below, 100, 20, inactive, 'good', inactive],
  [below, 110, 20, firing, 'holding', firing],
  [{ ...below, keepFiringNs: 0 }, 120, 20, firing, 'resolved', { phase: 'inactive', since: 200 }],
  [below, Number.NEGATIVE_INFINITY, 20, firing, 'firing', firing],
]

for (const [limits, value, count, before, verdict, after] of rows) {
  test(`${limits.direction} ${limits.limit}: ${value} of ${count} when ${before.phase} is ${verdict}`, () => {
    assert.equal(evaluate(limits, { value, count }, before, 200), { condition: after, verdict })
  })
}

test('it fires exactly when it was bad for long enough, and is over exactly when it was good for long enough', () => {
  const value = fc.constantFrom(101, 101, 90, 80, undefined, Number.NaN)
  const limits = fc.record({ forNs: fc.constantFrom(0, 10, 30), keepFiringNs: fc.constantFrom(0, 10, 30) })
  fc.assert(
    fc.property(fc.array(value, { maxLength: 80 }), limits, (values, times) => {
      const own = { ...above, ...times }
      let condition = inactive
      let fires = false
      let badSince: number | undefined
      let goodSince: number | undefined
      for (const [index, one] of values.entries()) {
        const now = index * 10
        const { condition: next, verdict } = evaluate(own, { value: one, count: 20 }, condition, now)
        condition = next
        if (one !== undefined && !Number.isNaN(one)) {
          badSince = one > 100 ? (badSince ?? now) : undefined
          goodSince = one <= 80 ? (goodSince ?? now) : undefined
          if (!fires && badSince !== undefined && now - badSince >= own.forNs) {
            fires = true
            assert.is(verdict, 'fired')
          } else if (fires && goodSince !== undefined && now - goodSince >= own.keepFiringNs) {
            fires = false
            assert.is(verdict, 'resolved')
            // Before it fires again it has to be bad anew.
            badSince = undefined
          } else assert.ok(verdict !== 'fired' && verdict !== 'resolved', verdict)
        }
        assert.is(condition.phase === 'firing', fires)
      }
    }),
    { numRuns: 3_000 },
  )
})

test('below so many values there is no alert, whatever they are', () => {
  fc.assert(
    fc.property(fc.double(), fc.integer({ min: 0, max: 19 }), (value, count) => {
      assert.is(evaluate(above, { value, count }, inactive, 1).condition, inactive)
    }),
  )
})

test.run()
