import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { createWindow } from '../../../handlers/performance/window.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/performance/window')

const make = (tags: readonly string[] = [], maxOperations = 10) =>
  createWindow({ clock: manualClock(), tags, maxOperations })
const stop = { operation: 'shop.pay', lastSegment: 'stop' }
const exception = { operation: 'shop.pay', lastSegment: 'exception' }

test('the figures are those of a sorted list, quantiles to one percent', () => {
  const durations = fc.array(fc.integer({ min: 1, max: 1e10 }), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(durations, (all) => {
      const window = make()
      for (const duration of all) window.record({ name: stop, measurements: { duration }, metadata: {} })
      const [figures] = window.read()
      const sorted = [...all].sort((a, b) => a - b)
      assert.is(figures?.count, all.length)
      assert.is(figures?.kept, all.length)
      assert.is(figures?.max, sorted.at(-1))
      assert.is(figures?.mean, Math.round(all.reduce((sum, one) => sum + one, 0) / all.length))
      for (const [key, q] of [
        ['p50', 0.5],
        ['p95', 0.95],
        ['p99', 0.99],
      ] as const) {
        const exact = sorted[Math.max(0, Math.ceil(q * all.length) - 1)] ?? 0
        assert.ok(Math.abs((figures?.[key] ?? 0) - exact) <= exact * 0.0101 + 1, `${key} ${figures?.[key]} ${exact}`)
      }
    }),
    { numRuns: 300 },
  )
})

test('failures are a share of all ends, also of sampled ones', () => {
  const window = make()
  const record = (name: typeof stop, metadata: object, sample_weight?: number) =>
    window.record({
      name,
      measurements: { duration: 5, ...(sample_weight && { sample_weight }) },
      metadata: { ...metadata },
    })
  for (let i = 0; i < 5; i++) record(stop, { outcome: 'ok' })
  record(stop, { outcome: 'error' })
  record(exception, { outcome: 'exception' })
  record(exception, { outcome: 'aborted' })
  record(exception, {}, 2)
  const [figures] = window.read()
  assert.equal([figures?.count, figures?.kept, figures?.error_rate], [10, 9, 0.4])
})

test('operations and tags are apart, and what finds no room is together', () => {
  const window = make(['method'], 2)
  for (const method of ['GET', 'GET', 'POST', 'PUT', 'DELETE'])
    window.record({ name: stop, measurements: { duration: 1 }, metadata: { method } })
  assert.equal(
    window.read().map(({ operation, tags, count }) => [operation, tags, count]),
    [
      ['shop.pay', { method: 'GET' }, 2],
      ['shop.pay', { method: 'POST' }, 1],
      ['overflow', { overflow: 'true' }, 2],
    ],
  )
})

test('what has no duration, or one that cannot be, is left out', () => {
  const window = make(['method'])
  for (const duration of [undefined, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '5'])
    window.record({ name: stop, measurements: { duration }, metadata: {} })
  assert.equal(window.read(), [])
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  window.record({ name: stop, measurements: { duration: 1 }, metadata: proxy })
  assert.is(window.read()[0]?.count, 1)
})

test.run()
