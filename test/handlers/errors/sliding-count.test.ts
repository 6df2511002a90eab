import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { createSlidingCount } from '../../../handlers/errors/sliding-count.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/errors/sliding-count')

test('it counts what was within the window, and at most a tenth of the window more', () => {
  const steps = fc.array(fc.record({ wait: fc.nat(400), weight: fc.integer({ min: 0, max: 5 }) }), { maxLength: 80 })
  fc.assert(
    fc.property(steps, fc.nat(10_000), (all, start) => {
      const count = createSlidingCount(1_000)
      const seen: { at: number; weight: number }[] = []
      const since = (time: number) => seen.reduce((sum, { at, weight }) => (at > time ? sum + weight : sum), 0)
      let now = start
      for (const { wait, weight } of all) {
        now += wait
        count.add(now, weight)
        seen.push({ at: now, weight })
        const total = count.total(now)
        assert.ok(total >= since(now - 1_000) && total <= since(now - 1_100 - 1e-9), `${total} at ${now}`)
      }
      assert.is(count.total(now + 2_000), 0)
    }),
    { numRuns: 2_000 },
  )
})

test('a pause of years is a pause', () => {
  const count = createSlidingCount(10e9)
  count.add(0, 3)
  assert.is(count.total(9e9), 3)
  count.add(1e18, 2)
  assert.is(count.total(1e18), 2)
})

test.run()
