import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { labelValue } from '../../src/metrics/label-value.ts'
import { seriesKey, toTags } from '../../src/metrics/series-key.ts'
import { suite } from '../harness/suite.ts'

const test = suite('metrics/series-key')
const text = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'a=1', '1,b=2', '1', ':', '1:', '1:a1:b', '"', '\\', '\n', '__proto__', 'é', '💥'),
  fc.string({ maxLength: 6, unit: 'binary' }),
)
const tagSets = fc.dictionary(text, text, { maxKeys: 4 })

/** The definition of sameness: equal entries, in any order, an empty value being none. */
function canonical(tags: { readonly [key: string]: string }): string {
  const entries = Object.entries(tags).filter(([, value]) => value !== '')
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

test('M3: two tag sets have one key exactly when they are equal', () => {
  fc.assert(
    fc.property(tagSets, tagSets, (a, b) => {
      const [left, right] = [toTags(a), toTags(b)]
      return (seriesKey(left) === seriesKey(right)) === (canonical(left) === canonical(right))
    }),
    { numRuns: 20_000 },
  )
})

test('the order of the tags does not matter', () => {
  assert.is(seriesKey({ a: '1', b: '2' }), seriesKey({ b: '2', a: '1' }))
})

test('no separator in a value imitates another set', () => {
  assert.is.not(seriesKey({ a: '1,b=2' }), seriesKey({ a: '1', b: '2' }))
  assert.is.not(seriesKey({ a: '1', b: '' }), seriesKey({ a: '', b: '1' }))
  assert.is(seriesKey({ a: '1', b: '' }), seriesKey({ a: '1' }))
})

test('lone surrogates become one and the same replacement, before the key is made', () => {
  assert.is(labelValue('\uD800'), '\uFFFD')
  assert.is(labelValue('a\uDC01b'), 'a\uFFFDb')
  assert.is(labelValue('💥'), '💥')
  assert.is(seriesKey(toTags({ a: '\uD800' })), seriesKey(toTags({ a: '\uD801' })))
})

test('any value becomes a string and none throws', () => {
  const hostile = {
    toString: () => {
      throw new Error('no')
    },
  }
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const given = [1, -0, 1n, true, null, undefined, Symbol('s'), hostile, proxy, Object.create(null), ['x', 1]]
  assert.equal(given.map(labelValue), [
    '1',
    '0',
    '1',
    'true',
    '',
    '',
    'Symbol(s)',
    '[unprintable]',
    '[unprintable]',
    '[unprintable]',
    'x,1',
  ])
})

test('a label of ten million characters is cut at 256, and stays well-formed', () => {
  assert.is(labelValue('x'.repeat(10_000_000)).length, 256)
  assert.is(labelValue(`${'x'.repeat(255)}💥`), `${'x'.repeat(255)}\uFFFD`)
})

test('a tag named __proto__ is a tag', () => {
  const tags = toTags(JSON.parse('{"__proto__":"x"}'))
  assert.equal(Object.entries(tags), [['__proto__', 'x']])
})

test.run()
