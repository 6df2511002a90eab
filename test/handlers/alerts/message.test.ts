import * as assert from 'uvu/assert'
import { fillMessage } from '../../../handlers/alerts/message.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/message')
const parts = {
  rule: 'slow',
  kind: 'threshold',
  severity: 'high',
  value: 1.5e9,
  threshold: 1e9,
  unit: 'nanosecond',
  tags: { route: '/a', 'http.method': 'GET', value: 'hidden', evil: '{rule} $& {route}' },
} as const

test('places are filled with units, tags are data and unknown places stay', () => {
  const rows: readonly (readonly [summary: string, message: string])[] = [
    ['{rule}/{kind}/{severity}', 'slow/threshold/high'],
    ['{value} of {threshold}, {factor} times', '1.5 s of 1 s, 1.5 times'],
    ['{http.method} {route}', 'GET /a'],
    ['{evil}', '{rule} $& {route}'],
    ['{nobody} {} {{route}} { route }', '{nobody} {} {/a} { route }'],
    ['{constructor} {__proto__}', '{constructor} {__proto__}'],
    ['', ''],
  ]
  for (const [summary, message] of rows) assert.is(fillMessage(summary, parts), message)
})

test('a limit of nothing is exceeded infinitely', () => {
  assert.is(fillMessage('{factor}', { ...parts, threshold: 0 }), 'Infinity')
})

test.run()
