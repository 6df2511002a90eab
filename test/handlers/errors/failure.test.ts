import * as assert from 'uvu/assert'
import { readFailure } from '../../../handlers/errors/failure.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/errors/failure')

test('the type is what the event says, else the name of the error', () => {
  const rows: readonly (readonly [metadata: { readonly [key: string]: unknown }, type: string, message: string])[] = [
    [{ reason: new TypeError('bad') }, 'TypeError', 'bad'],
    [{ error: new RangeError('far') }, 'RangeError', 'far'],
    [{ reason: new TypeError('bad'), error_type: 'ECONNRESET' }, 'ECONNRESET', 'bad'],
    [{ reason: 'a few words' }, 'unknown', 'a few words'],
    [{ reason: { name: 'Custom', message: 'x' } }, 'Custom', 'x'],
    [{ reason: { name: 1, message: {} } }, 'unknown', ''],
    [{ reason: null, error: undefined }, 'unknown', ''],
    [{ error_type: 5 }, 'unknown', ''],
    [{ error_type: '' }, 'unknown', ''],
    [{}, 'unknown', ''],
  ]
  for (const [metadata, errorType, message] of rows) assert.equal(readFailure(metadata), { errorType, message })
})

test('what cannot be read is unknown', () => {
  const throws = {
    get reason(): never {
      throw new Error('no')
    },
  }
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  for (const metadata of [throws, proxy, { reason: proxy }])
    assert.equal(readFailure(metadata), { errorType: 'unknown', message: '' })
  assert.is(readFailure({ error_type: 'x'.repeat(1e6) }).errorType.length, 100)
})

test.run()
