import * as assert from 'uvu/assert'
import { compileSuppression } from '../../../handlers/alerts/compile-suppression.ts'
import type { Suppression } from '../../../handlers/alerts/rule.ts'
import { TelemetryError } from '../../../src/core/errors.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/compile-suppression')

// The cast: what is wrong with it may be its type.
const compile = (suppression: object) =>
  compileSuppression(suppression as Suppression, (problem) => new TelemetryError('invalid_option', problem))

test('who says nothing is told every five minutes, and flaps at six changes in ten', () => {
  assert.equal(compile({}), {
    minIntervalNs: 300e9,
    repeatIntervalNs: 300e9,
    occurrenceThreshold: 1,
    flapping: { changes: 6, windowNs: 600e9 },
  })
})

test('what is repeated is never told of more often than anything is', () => {
  const { minIntervalNs, repeatIntervalNs } = compile({ minIntervalMs: 5_000, repeatIntervalMs: 1_000 })
  assert.equal([minIntervalNs, repeatIntervalNs], [5e9, 5e9])
  assert.is(compile({ minIntervalMs: 5_000, repeatIntervalMs: 9_000 }).repeatIntervalNs, 9e9)
})

test('flapping can be left as it is in part, and out', () => {
  assert.equal(compile({ flapping: { changes: 3 } }).flapping, { changes: 3, windowNs: 600e9 })
  assert.is(compile({ flapping: false }).flapping, undefined)
})

test('what is wrong is named', () => {
  const rows: readonly (readonly [wrong: object, named: string])[] = [
    [{ minIntervalMs: -1 }, 'minIntervalMs'],
    [{ minIntervalMs: '5s' }, 'minIntervalMs'],
    [{ repeatIntervalMs: Number.NaN }, 'repeatIntervalMs'],
    [{ occurrenceThreshold: 0 }, 'occurrenceThreshold'],
    [{ occurrenceThreshold: 1.5 }, 'occurrenceThreshold'],
    [{ flapping: { changes: 1 } }, 'flapping.changes'],
    [{ flapping: { changes: 1_001 } }, 'flapping.changes'],
    [{ flapping: { windowMs: Number.POSITIVE_INFINITY } }, 'flapping.windowMs'],
  ]
  for (const [wrong, named] of rows) assert.throws(() => compile(wrong), new RegExp(`'${named}' must be`))
})

test.run()
