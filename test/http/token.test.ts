import * as assert from 'uvu/assert'
import { bearerToken, sameToken } from '../../src/http/token.ts'
import { suite } from '../harness/suite.ts'

const test = suite('http/token')

test('only the same token is the same, and no length throws', () => {
  assert.ok(sameToken('secret-secret-01', 'secret-secret-01'))
  for (const given of ['', 's', 'secret-secret-02', 'secret-secret-011', 'x'.repeat(1_000_000)]) {
    assert.not.ok(sameToken(given, 'secret-secret-01'))
  }
})

test('the token is read from a bearer header in any case of the scheme', () => {
  assert.is(bearerToken('Bearer abc.DEF_~+/-='), 'abc.DEF_~+/-=')
  assert.is(bearerToken('bearer  abc '), 'abc')
})

test('other schemes and malformed headers hold no token', () => {
  for (const header of [undefined, '', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'abc']) {
    assert.is(bearerToken(header), undefined, String(header))
  }
})

test.run()
