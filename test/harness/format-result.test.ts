import * as assert from 'uvu/assert'
import { formatResult } from './format-result.ts'
import type { FileResult } from './run-file.ts'
import { suite } from './suite.ts'

const test = suite('harness/format-result')

const result = (change: Partial<FileResult>): FileResult => {
  return { file: '/a.test.ts', ms: 1_234, passed: 3, failures: [], output: 'dots', ...change }
}

test('a file that passed takes one line', () => {
  assert.is(formatResult('a', result({})), 'ok    a  3 passed  1.2 s')
})

test('a file that failed shows each failure and the end of what it printed', () => {
  const failures = [{ name: 'first', problem: 'one\ntwo' }]
  const expected = [
    'FAIL  a  3 passed, 1 failed  1.2 s',
    '  ✘ first',
    '      one',
    '      two',
    '  printed:',
    '      dots',
  ]
  assert.is(formatResult('a', result({ failures })), expected.join('\n'))
})

test('of a failure as long as a book the beginning is shown', () => {
  const failures = [{ name: 'first', problem: 'line\n'.repeat(1_000) }]
  const text = formatResult('a', result({ failures, output: '' }))

  assert.ok(text.split('\n').length < 70)
  assert.match(text, /\(941 more lines\)/)
})

test.run()
