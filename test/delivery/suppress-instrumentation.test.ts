import * as assert from 'uvu/assert'
import { isSuppressed, suppressInstrumentation } from '../../src/delivery/suppress-instrumentation.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/suppress-instrumentation')

test('it holds until the body returns, in bodies within bodies too', () => {
  const seen = suppressInstrumentation(() => [suppressInstrumentation(isSuppressed), isSuppressed()])
  assert.equal(seen, [true, true])
  assert.is(isSuppressed(), false)
})

test('a body that throws ends it and throws the same', () => {
  const error = new Error('broken')
  assert.throws(
    () =>
      suppressInstrumentation(() => {
        throw error
      }),
    (thrown: unknown) => thrown === error,
  )
  assert.is(isSuppressed(), false)
})

test('what an async body does after its first await is not meant', async () => {
  const later = await suppressInstrumentation(async () => {
    await undefined
    return isSuppressed()
  })
  assert.is(later, false)
})

test.run()
