import * as assert from 'uvu/assert'
import { defaultFeatures, readOptions, type UsageOptions } from '../../../handlers/usage/options.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/usage/options')
const feature = { name: 'tools', event: 'shop.tool', key: 'tool' }

test('the seeds’ features are the default', () => {
  const { features, maxKeys, intervalMs, id } = readOptions({})
  assert.is(features, defaultFeatures)
  assert.equal(
    features.map(({ name, key }) => [name, key]),
    [
      ['classes', 'python_class'],
      ['tools', 'tool_name'],
      ['variables', 'var_name'],
    ],
  )
  assert.equal([maxKeys, intervalMs, id], [1_000, 1_000, 'usage'])
})

test('what is wrong is named', () => {
  const rows: readonly (readonly [options: object, problem: RegExp])[] = [
    [{ feature: [] }, /there is no option 'feature'/],
    [{ features: [] }, /'features' must be a list of 1 to 50/],
    [{ features: [null] }, /'features' must be objects/],
    [{ features: [{ ...feature, name: '../x' }] }, /'name' of a feature/],
    [{ features: [{ ...feature, event: [] }] }, /'event' of a feature/],
    [{ features: [{ ...feature, key: '' }] }, /'key' of a feature/],
    [{ features: [{ ...feature, distinct: 5 }] }, /'distinct' of a feature/],
    [{ features: [{ ...feature, allow: [] }] }, /'allow' of a feature/],
    [{ features: [{ ...feature, hash: 1 }] }, /'hash' of a feature/],
    [{ features: [feature, feature] }, /'name' of its own/],
    [{ maxKeys: 9 }, /'maxKeys' must be a whole number from 10/],
    [{ intervalMs: 99 }, /'intervalMs' must be milliseconds, at least 100/],
  ]
  // The cast: what is wrong with them may be their type.
  for (const [options, problem] of rows) assert.throws(() => readOptions(options as UsageOptions), problem)
})

test.run()
