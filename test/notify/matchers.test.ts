import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { compileMatchers, type Matchers } from '../../src/notify/matchers.ts'
import { suite } from '../harness/suite.ts'

const test = suite('notify/matchers')
const labels = { rule: 'slow', route: '/orders/17', severity: 'high' }
const matches = (matchers: object, given: Readonly<Record<string, string>> = labels) =>
  // The cast: what is wrong with it may be its type.
  compileMatchers('test', matchers as Matchers)(given)

test('all labels that are named must match, and what is missing is empty', () => {
  const rows: readonly (readonly [matchers: object, matches: boolean])[] = [
    [{}, true],
    [{ rule: 'slow' }, true],
    [{ rule: 'slo' }, false],
    [{ rule: 'slow', severity: 'low' }, false],
    [{ severity: ['low', 'high'] }, true],
    [{ severity: [] }, false],
    [{ route: '/orders/*' }, true],
    [{ route: '*/17' }, true],
    [{ route: '/*/1*' }, true],
    [{ route: '*17*17' }, false],
    [{ route: '*' }, true],
    [{ missing: '' }, true],
    [{ missing: '*' }, true],
    [{ missing: '?*' }, false],
    [{ route: { not: '/health*' } }, true],
    [{ route: { not: ['/health*', '/orders*'] } }, false],
    [{ missing: { not: '' } }, false],
    [{ constructor: '' }, true],
  ]
  for (const [matchers, expected] of rows) assert.is(matches(matchers), expected, JSON.stringify(matchers))
})

test('a star is any run of characters, as a pattern of regular expressions would say', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 12 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 })
  fc.assert(
    fc.property(pattern, text, (glob, value) => {
      const expression = new RegExp(
        `^${glob
          .split('*')
          .map((part) => part.replaceAll('.', '\\.'))
          .join('[^]*')}$`,
      )
      assert.is(matches({ rule: glob }, { rule: value }), expression.test(value))
    }),
    { numRuns: 5_000 },
  )
})

test('no pattern and no value takes more than a millisecond', () => {
  const hostile = [
    'a*'.repeat(500),
    '*a'.repeat(500),
    '*'.repeat(1_000),
    `${'*a'.repeat(300)}b`,
    `a${'*'.repeat(400)}b`,
  ]
  for (const glob of hostile) {
    const test = compileMatchers('test', { rule: glob })
    for (const value of ['a'.repeat(10_000), `${'a'.repeat(10_000)}b`, 'ab'.repeat(5_000)]) {
      test({ rule: value })
      const begin = performance.now()
      for (let i = 0; i < 10; i++) test({ rule: value })
      assert.ok((performance.now() - begin) / 10 < 1)
    }
  }
})

test('what are no patterns is refused, with the name of the option', () => {
  for (const wrong of [
    null,
    [],
    'slow',
    5,
    { rule: 5 },
    { rule: null },
    { rule: { not: 5 } },
    { rule: ['a', /a/] },
    { rule: 'x'.repeat(1_025) },
  ])
    assert.throws(() => compileMatchers("slack: option 'match'", wrong as Matchers), /slack: option 'match' must/)
})

test.run()
