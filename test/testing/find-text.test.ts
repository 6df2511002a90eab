import * as assert from 'uvu/assert'
import { findText } from '../../src/testing/find-text.ts'
import { hostilePayloads } from '../../src/testing/hostile.ts'
import { suite } from '../harness/suite.ts'

const test = suite('testing/find-text')

test('text is found in values, keys, errors with their causes, maps and sets', () => {
  const circular: Record<string, unknown> = { deep: [{ x: 'has s3cret inside' }] }
  circular['self'] = circular
  const hidden = Object.defineProperty({}, 'x', { value: 's3cret', enumerable: false })
  const places = ['s3cret', circular, { s3cret: 1 }, new Error('s3cret'), new Error('x', { cause: 's3cret' })]
  for (const place of [
    ...places,
    new Map([['k', 's3cret']]),
    new Set([['s3cret']]),
    hidden,
    { f: Object.assign(() => 1, { t: 's3cret' }) },
  ]) {
    assert.ok(findText(place, 's3cret'))
  }
})

test('text that is not there is not found', () => {
  for (const value of [undefined, null, 7, 's3cre', { a: [new Error('x')] }, new Map()])
    assert.not.ok(findText(value, 's3cret'))
})

test('hostile values are survived', () => {
  for (const payload of hostilePayloads()) assert.not.ok(findText(payload, 's3cret'))
})

test.run()
