import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import {
  escapeHelp,
  escapeLabelValue,
  formatBound,
  formatNumber,
  unescapeHelp,
} from '../../../handlers/prometheus/escape.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('prometheus/escape')

test('a label value escapes backslash, quote and line feed and nothing else', () => {
  assert.is(escapeLabelValue('a\\b"c\nd'), 'a\\\\b\\"c\\nd')
  assert.is(escapeLabelValue('plain {},=# é 漢 😀 \x7f\x85'), 'plain {},=# é 漢 😀 \x7f\x85')
})

test('controls and lone surrogates become U+FFFD', () => {
  assert.is(escapeLabelValue('\0a\tb\rc\x1f'), '\ufffda\ufffdb\ufffdc\ufffd')
  assert.is(escapeLabelValue('\ud800x\udfff😀'), '\ufffdx\ufffd😀')
})

test('HELP escapes the quote in OpenMetrics only, and comes back as it was', () => {
  assert.is(escapeHelp('a "b"\\\n', 'text'), 'a "b"\\\\\\n')
  assert.is(escapeHelp('a "b"\\\n', 'openmetrics'), 'a \\"b\\"\\\\\\n')
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('\\', 'n', '"', '\n', 'x') }), (text) => {
      for (const format of ['text', 'openmetrics'] as const) {
        assert.is(unescapeHelp(escapeHelp(text, format), format), text)
      }
    }),
  )
})

test('every number is one that Go and OpenMetrics read, and the same number', () => {
  const special: [number, string][] = [
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [-0, '0'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [0x10, '16'],
  ]
  for (const [value, text] of special) assert.is(formatNumber(value), text)
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = formatNumber(value)
      assert.match(text, /^-?\d+(\.\d+)?(e[+-]\d+)?$/)
      assert.is(Number(text), value === 0 ? 0 : value)
    }),
  )
})

test('whole bounds have a point in OpenMetrics', () => {
  assert.is(formatBound(1, 'text'), '1')
  assert.is(formatBound(1, 'openmetrics'), '1.0')
  assert.is(formatBound(0.5, 'openmetrics'), '0.5')
  assert.is(formatBound(1e21, 'openmetrics'), '1e+21')
  assert.is(formatBound(Number.POSITIVE_INFINITY, 'openmetrics'), '+Inf')
})

test.run()
