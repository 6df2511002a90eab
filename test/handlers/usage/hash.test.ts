import * as assert from 'uvu/assert'
import { hashText, parseHash } from '../../../handlers/usage/hash.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/usage/hash')

test('a hash is sixteen digits, and these are the hash', () => {
  const rows = [
    [{ high: 0, low: 0 }, '0000000000000000'],
    [{ high: 1, low: 0xab }, '00000001000000ab'],
    [{ high: 2 ** 32 - 1, low: 2 ** 31 }, 'ffffffff80000000'],
  ] as const
  for (const [hash, text] of rows) {
    assert.is(hashText(hash), text)
    assert.equal(parseHash(text), hash)
  }
})

test.run()
