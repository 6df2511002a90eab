import * as assert from 'uvu/assert'
import { type AlertsOptions, readOptions } from '../../../handlers/alerts/options.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/options')

test('the defaults are those of the documentation', () => {
  const { checkIntervalMs, groupBy, groupWaitMs, groupIntervalMs, maxAlerts, maxHistory, id } = readOptions({
    rules: [],
  })
  assert.equal(
    [checkIntervalMs, groupBy, groupWaitMs, groupIntervalMs, maxAlerts, maxHistory, id],
    [10_000, ['rule'], 0, 30_000, 10_000, 500, 'alerts'],
  )
})

test('what is wrong is named', () => {
  const rows: readonly (readonly [options: object | null, problem: RegExp])[] = [
    [null, /needs 'rules'/],
    [{}, /needs 'rules'/],
    [{ rules: [null] }, /'rules' must be objects/],
    [{ rules: [], checkIntervalMs: 0 }, /'checkIntervalMs' must be milliseconds from 1/],
    [{ rules: [], checkIntervalMs: 2 ** 31 }, /'checkIntervalMs'/],
    [{ rules: [], groupWaitMs: -1 }, /'groupWaitMs' must be milliseconds from 0/],
    [{ rules: [], groupIntervalMs: '5m' }, /'groupIntervalMs'/],
    [{ rules: [], groupBy: [5] }, /'groupBy' must be a list of labels/],
    [{ rules: [], maintenance: {} }, /'maintenance' must be a list/],
    [{ rules: [], inhibit: null }, /'inhibit' must be a list/],
    [{ rules: [], maxAlerts: 1.5 }, /'maxAlerts' must be a whole number from 1/],
    [{ rules: [], maxHistory: 1_000_001 }, /'maxHistory' must be a whole number from 0/],
  ]
  // The cast: what is wrong with them may be their type.
  for (const [options, problem] of rows) assert.throws(() => readOptions(options as AlertsOptions), problem)
})

test.run()
