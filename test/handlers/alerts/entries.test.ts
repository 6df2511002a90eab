import * as assert from 'uvu/assert'
import { compileRule } from '../../../handlers/alerts/compile-rule.ts'
import { createEntries } from '../../../handlers/alerts/entries.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/entries')

const rule = compileRule({ name: 'r', event: 'e', by: ['key'] }, { metrics: [], suppression: {}, index: 0 })
const firing = { phase: 'firing', since: 0 } as const

test('one alert for one rule and one set of tags, with the same id everywhere', () => {
  const entries = createEntries(10)
  const one = entries.of(rule, { key: 'a' }, 1)
  assert.is(entries.of(rule, { key: 'a' }, 2), one)
  assert.is(entries.find(rule, { key: 'a' }), one)
  assert.is(entries.byId(one.id), one)
  assert.is(entries.find(rule, { key: 'b' }), undefined)
  assert.is(createEntries(10).of(rule, { key: 'a' }, 1).id, one.id)
  assert.is(entries.size, 1)
})

test('what is quiet makes room, what was not seen for longest first', () => {
  const entries = createEntries(2)
  entries.of(rule, { key: 'a' }, 1).seenAt = 9
  entries.of(rule, { key: 'b' }, 2).seenAt = 5
  entries.of(rule, { key: 'c' }, 10)
  assert.is(entries.size, 2)
  assert.ok(entries.find(rule, { key: 'a' }) !== undefined)
  assert.is(entries.find(rule, { key: 'b' }), undefined)
})

test('what fires, or whose end is owed, does not: what finds no room is one alert more', () => {
  const entries = createEntries(2)
  entries.of(rule, { key: 'a' }, 1).condition = firing
  const owed = entries.of(rule, { key: 'b' }, 1)
  owed.telling = { ...owed.telling, owesResolve: true }
  const spare = entries.of(rule, { key: 'c' }, 2)
  assert.equal(spare.tags, { overflow: 'true' })
  assert.is(entries.of(rule, { key: 'd' }, 2), spare)
  assert.is(entries.size, 3)
})

test('what is quiet and was not seen for a day is forgotten when room is needed', () => {
  const entries = createEntries(3)
  for (const key of ['a', 'b', 'c']) entries.of(rule, { key }, 1)
  entries.of(rule, { key: 'd' }, 86_401e9)
  assert.is(entries.size, 1)
})

test('a storm of a hundred thousand takes a second at most', () => {
  const entries = createEntries(10_000)
  const begin = performance.now()
  for (let i = 0; i < 100_000; i++) entries.of(rule, { key: `key ${i}` }, 5).condition = firing
  assert.ok(performance.now() - begin < 5_000)
  assert.is(entries.size, 10_001)
})

test.run()
