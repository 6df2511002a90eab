import { strict as nodeAssert } from 'node:assert'
import * as assert from 'uvu/assert'
import { describeError } from './describe-error.ts'
import { suite } from './suite.ts'

const test = suite('harness/describe-error')

function caught(body: () => void): unknown {
  try {
    body()
  } catch (thrown) {
    return thrown
  }
  return undefined
}

test('says what an assertion expected and what it got', () => {
  assert.match(describeError(caught(() => assert.is(1, 2))), /Expected values to be strictly equal.*\n.*2.*\n.*1/)
  assert.match(describeError(caught(() => assert.match('abc', /x/))), /actual: 'abc'/)
  assert.match(describeError(caught(() => nodeAssert.equal(1, 2))), /AssertionError[\s\S]*Expected[\s\S]*2[\s\S]*1/)
})

test('shows the frame of the test and none of node or the harness', () => {
  const text = describeError(caught(() => assert.ok(false)))

  assert.match(text, /describe-error\.test\.ts:\d+/)
  assert.not.match(text, /node:internal|node_modules|suite\.ts/)
})

test('follows causes and the errors of an aggregate', () => {
  const text = describeError(new AggregateError([new TypeError('inner')], 'outer', { cause: 'the root' }))

  assert.match(text, /AggregateError: outer/)
  assert.match(text, /one of: TypeError: inner/)
  assert.match(text, /caused by: thrown: 'the root'/)
})

test.run()
