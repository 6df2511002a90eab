import * as assert from 'uvu/assert'
import { readOptions } from '../../../handlers/performance/options.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/performance/options')

test('the defaults: a minute, twice the baseline, a hundred ends, five seconds in a queue', () => {
  assert.equal(readOptions({}), {
    tags: [],
    factor: 2,
    alpha: 0.2,
    minCount: 100,
    warmUp: 3,
    maxOperations: 500,
    windowMs: 60_000,
    slowQueueNs: 5e9,
    expireNs: 3.6e12,
  })
})

test('what is wrong is named', () => {
  const rows: readonly (readonly [options: object, problem: RegExp])[] = [
    [{ operation: 'x' }, /there is no option 'operation'/],
    [{ operations: [] }, /'operations' must name at least one/],
    [{ operations: 'x' }, /'operations' must be a list/],
    [{ queues: [''] }, /'queues' must be a list/],
    [{ tags: [1] }, /'tags' must be a list/],
    [{ windowMs: 999 }, /'windowMs'/],
    [{ factor: 1 }, /'factor' must be a number above 1/],
    [{ alpha: 0 }, /'alpha'/],
    [{ alpha: 1.1 }, /'alpha'/],
    [{ minCount: 0 }, /'minCount'/],
    [{ warmUp: 1.5 }, /'warmUp'/],
    [{ slowQueueMs: -1 }, /'slowQueueMs'/],
    [{ maxOperations: 10_001 }, /'maxOperations'/],
    [{ expireMs: 0 }, /'expireMs'/],
    [{ expireMs: Number.NaN }, /'expireMs'/],
  ]
  for (const [options, problem] of rows) assert.throws(() => readOptions(options), problem)
  assert.is(readOptions({ expireMs: Number.POSITIVE_INFINITY }).expireNs, Number.POSITIVE_INFINITY)
})

test.run()
