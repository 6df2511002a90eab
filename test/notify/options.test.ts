import * as assert from 'uvu/assert'
import { checkNotifierOptions } from '../../src/notify/options.ts'
import { suite } from '../harness/suite.ts'

const test = suite('notify/options')

test('what is wrong is named, with the handler', () => {
  const rows: readonly (readonly [options: object, problem: RegExp])[] = [
    [{ sendResolved: 'no' }, /slack: option 'sendResolved' must be true or false/],
    [{ maxAlerts: 0 }, /'maxAlerts' must be a whole number from 1 to 10,000/],
    [{ maxAlerts: 10_001 }, /'maxAlerts'/],
    [{ timeoutMs: 0 }, /'timeoutMs' must be at least 1/],
    [{ timeoutMs: Number.NaN }, /'timeoutMs'/],
    [{ directory: 5 }, /'directory' must be a path/],
  ]
  for (const [options, problem] of rows) assert.throws(() => checkNotifierOptions('slack', options), problem)
  assert.not.throws(() => checkNotifierOptions('slack', {}))
})

test.run()
