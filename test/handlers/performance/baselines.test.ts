import * as assert from 'uvu/assert'
import { createBaselines } from '../../../handlers/performance/baselines.ts'
import type { Figures } from '../../../handlers/performance/window.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/performance/baselines')

const figures = (operation: string, p99: number, kept = 100, tags = {}): Figures => ({
  operation,
  tags,
  count: kept,
  kept,
  mean: p99,
  max: p99,
  p50: p99,
  p95: p99,
  p99,
  error_rate: 0,
})
const options = { factor: 2, alpha: 0.2, warmUp: 1, minCount: 10, maxOperations: 2, expireNs: 100 }

test('each operation, with its tags, has its own past', () => {
  const baselines = createBaselines({ ...options, maxOperations: 10 })
  baselines.judge(figures('a', 100), 0)
  baselines.judge(figures('b', 1_000), 0)
  baselines.judge(figures('a', 5_000, 100, { method: 'GET' }), 0)
  assert.ok(baselines.judge(figures('a', 500), 1) !== undefined)
  assert.is(baselines.judge(figures('b', 1_000), 1), undefined)
  assert.is(baselines.get(figures('a', 0, 0, { method: 'GET' }))?.p99, 5_000)
})

test('too few ends are neither judged nor learnt from', () => {
  const baselines = createBaselines(options)
  baselines.judge(figures('a', 100), 0)
  assert.is(baselines.judge(figures('a', 9_999, 9), 1), undefined)
  assert.is(baselines.get(figures('a', 0))?.p99, 100)
})

test('the one that was not seen for the longest gives way, and what was not seen for long is forgotten', () => {
  const baselines = createBaselines(options)
  for (const operation of ['a', 'b', 'a', 'c']) baselines.judge(figures(operation, 100), 0)
  assert.is(baselines.size, 2)
  assert.is(baselines.get(figures('b', 0)), undefined)
  baselines.judge(figures('c', 100), 60)
  baselines.expire(99)
  assert.is(baselines.size, 2)
  baselines.expire(100)
  assert.is(baselines.get(figures('a', 0)), undefined)
  assert.ok(baselines.get(figures('c', 0)) !== undefined)
})

test('what did not fit has no past: it is a mixture', () => {
  const baselines = createBaselines(options)
  for (let i = 0; i < 5; i++)
    assert.is(baselines.judge(figures('overflow', 10 ** i, 100, { overflow: 'true' }), i), undefined)
  assert.is(baselines.size, 0)
})

test.run()
