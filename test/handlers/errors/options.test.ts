import * as assert from 'uvu/assert'
import { readOptions } from '../../../handlers/errors/options.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/errors/options')

test('the defaults are those of the seeds', () => {
  assert.equal(readOptions({}), { threshold: 5, windowNs: 10e9, tags: [], maxKeys: 1_000 })
})

test('what is wrong is named', () => {
  const rows: readonly (readonly [options: object, problem: RegExp])[] = [
    [{ threshhold: 1 }, /there is no option 'threshhold'/],
    [{ threshold: 0 }, /'threshold' must be a whole number from 1 to 1,000/],
    [{ threshold: 1.5 }, /'threshold'/],
    [{ threshold: 1_001 }, /'threshold'/],
    [{ windowMs: 999 }, /'windowMs' must be milliseconds, at least 1,000/],
    [{ windowMs: Number.POSITIVE_INFINITY }, /'windowMs'/],
    [{ maxKeys: 10_001 }, /'maxKeys' must be a whole number from 1 to 10,000/],
    [{ operations: [] }, /'operations' must name at least one/],
    [{ operations: 'x' }, /'operations' must be a list/],
    [{ tags: [''] }, /'tags' must be a list/],
  ]
  for (const [options, problem] of rows) assert.throws(() => readOptions(options), problem)
})

test.run()
