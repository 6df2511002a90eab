import * as assert from 'uvu/assert'
import { createSilences } from '../../../handlers/alerts/silences.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/silences')
const labels = { rule: 'slow', route: '/a' }

test('a silence holds for what it matches, until its time is over or it is removed', () => {
  const clock = manualClock(1_000)
  const silences = createSilences(clock)
  const one = silences.add({ match: { rule: 'slow' }, durationMs: 500, comment: 'planned', createdBy: 'ann' })
  assert.equal([one.createdAt, one.endsAt, one.comment, one.createdBy], [1_000, 1_500, 'planned', 'ann'])
  assert.ok(silences.mutes(labels))
  assert.not.ok(silences.mutes({ rule: 'other' }))
  clock.advance(499)
  assert.ok(silences.mutes(labels))
  clock.advance(1)
  assert.not.ok(silences.mutes(labels))
  assert.equal(silences.list(), [])
  const other = silences.add({ match: { route: '/*' }, durationMs: 500 })
  assert.ok(silences.remove(other.id))
  assert.not.ok(silences.remove(other.id))
  assert.not.ok(silences.mutes(labels))
})

test('a wall clock that is set does not change how long one holds', () => {
  const clock = manualClock(1_000)
  let wall = 0
  const silences = createSilences({ ...clock, wallTime: () => clock.wallTime() + wall })
  silences.add({ match: {}, durationMs: 500 })
  wall = 86_400_000
  assert.ok(silences.mutes(labels))
  wall = -86_400_000
  clock.advance(500)
  assert.not.ok(silences.mutes(labels))
})

test('after a restart one holds for the time that it still had, and never for longer than it was made for', () => {
  const before = manualClock(1_000)
  const old = createSilences(before)
  old.add({ match: {}, durationMs: 500 })
  const saved = old.list()
  for (const [now, remaining] of [
    [1_200, 300],
    [1_600, 0],
    [-50_000, 500],
  ] as const) {
    const clock = manualClock(now)
    const silences = createSilences(clock)
    silences.restore(saved)
    assert.is(silences.mutes(labels), remaining > 0, `at ${now}`)
    clock.advance(Math.max(0, remaining - 1))
    assert.is(silences.mutes(labels), remaining > 0)
    clock.advance(1)
    assert.not.ok(silences.mutes(labels))
  }
})

test('what is no silence is refused, and there is an end of them', () => {
  const silences = createSilences(manualClock())
  for (const durationMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 367 * 86_400_000])
    assert.throws(() => silences.add({ match: {}, durationMs }), /'durationMs' of a silence/)
  // The cast: what is wrong with it is its type.
  assert.throws(() => silences.add({ match: [] as never, durationMs: 1 }), /'match' of a silence/)
  for (let i = 0; i < 1_000; i++) silences.add({ match: { rule: `r${i}` }, durationMs: 1_000 })
  assert.throws(() => silences.add({ match: {}, durationMs: 1_000 }), /1000 silences: remove some/)
})

test.run()
