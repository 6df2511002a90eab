import * as assert from 'uvu/assert'
import { createCounts, keep, mergeCounts, parseUsage } from '../../../handlers/usage/counts.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/usage/counts')

const good = { total: 3, other: 0, keys: [['a', 3, 0]], missed: 0, distinct: { hashes: [] } }

test('what is kept comes back as it was', () => {
  const counts = createCounts(10)
  counts.total = 5
  counts.other = 1
  counts.keys.add('__proto__', 4)
  counts.distinct.add({ high: 1, low: 2 })
  const file = JSON.stringify({ since: 1, salt: 's', features: { tools: keep(counts) } })
  const parsed = parseUsage(JSON.parse(file))
  assert.equal(parsed?.features.tools, keep(counts))
  assert.equal(keep(createCounts(10, parsed?.features.tools)), keep(counts))
})

test('a file with anything in it that cannot be is not used', () => {
  const usageOf = (counts: object) => parseUsage({ since: 1, salt: 's', features: { tools: counts } })
  assert.ok(usageOf(good) !== undefined)
  const wrong = [
    { total: -1 },
    { total: 1.5 },
    { total: 2 ** 53 },
    { other: '1' },
    { missed: null },
    { keys: {} },
    { keys: [['a', 1]] },
    { keys: [[1, 1, 0]] },
    { keys: [['a', 1, 2]] },
    { keys: [['a'.repeat(401), 1, 0]] },
    { keys: Array.from({ length: 10_001 }, () => ['a', 1, 0]) },
    { distinct: undefined },
  ]
  for (const part of wrong) assert.is(usageOf({ ...good, ...part }), undefined, JSON.stringify(part).slice(0, 60))
  for (const value of [
    null,
    1,
    [],
    {},
    { since: 1 },
    { since: '1', salt: 's', features: {} },
    { since: 1, salt: 's', features: null },
  ])
    assert.is(parseUsage(value), undefined)
})

test('counts of several are their sum, and none is none', () => {
  const counts = createCounts(10)
  counts.total = 3
  counts.keys.add('a', 3)
  const two = mergeCounts([keep(counts), keep(counts)])
  assert.equal(two, { total: 6, entries: [{ key: 'a', count: 6, error: 0 }], distinct: 0 })
  assert.equal(mergeCounts([]), { total: 0, entries: [], distinct: 0 })
})

test.run()
