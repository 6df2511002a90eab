import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { createPattern } from '../../../handlers/errors/pattern.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/errors/pattern')

test('it is a spike exactly when as many as the threshold are in the window, once a window: as a list of times would say', () => {
  const steps = fc.array(
    fc.record({
      wait: fc.oneof(fc.nat(300), fc.constantFrom(250, 500, 1_000)),
      weight: fc.constantFrom(1, 1, 1, 2, 5),
    }),
    { maxLength: 100 },
  )
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 8 }), (all, threshold) => {
      const pattern = createPattern({ threshold, windowNs: 1_000 })
      const seen: { at: number; weight: number }[] = []
      let now = 0
      let told = Number.NEGATIVE_INFINITY
      let spikes = 0
      for (const { wait, weight } of all) {
        now += wait
        seen.push({ at: now, weight })
        const inWindow = seen.reduce((sum, one) => (now - one.at < 1_000 ? sum + one.weight : sum), 0)
        const expected = inWindow >= threshold && now - told >= 1_000
        if (expected) {
          told = now
          spikes++
        }
        assert.is(pattern.fail(now, weight, ''), expected)
        assert.is(pattern.spikes, spikes)
      }
      assert.is(
        pattern.count,
        seen.reduce((sum, { weight }) => sum + weight, 0),
      )
    }),
    { numRuns: 2_000 },
  )
})

test('five fingerprints are kept, the frequent ones among them', () => {
  const pattern = createPattern({ threshold: 5, windowNs: 1_000 })
  for (let i = 0; i < 1_000; i++) {
    pattern.fail(i, 1, 'often')
    if (i % 2 === 0) pattern.fail(i, 1, 'half as often')
    if (i % 10 === 0) pattern.fail(i, 1, `once ${i}`)
  }
  const kept = pattern.fingerprints()
  assert.is(kept.length, 5)
  assert.is(
    kept.reduce((sum, { count }) => sum + count, 0),
    1_600,
  )
  assert.equal(kept.slice(0, 2), [
    { fingerprint: 'often', count: 1_000 },
    { fingerprint: 'half as often', count: 500 },
  ])
})

test.run()
