import * as assert from 'uvu/assert'
import { fingerprintOf } from '../../../handlers/errors/fingerprint.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/errors/fingerprint')

test('messages of one cause are one, and of two causes two', () => {
  const rows: readonly (readonly [message: string, fingerprint: string])[] = [
    ['user 17 has no cart', 'user # has no cart'],
    ['user 4711 has no cart', 'user # has no cart'],
    ['timed out after 1,250.5 ms', 'timed out after # ms'],
    ['no row 0xdeadbeef12', 'no row #'],
    ['commit 9fceb02d0ae598e95dc970b74767f19372d61af8 is gone', 'commit # is gone'],
    ['job 123e4567-e89b-12d3-a456-426614174000 failed', 'job # failed'],
    [`cannot read 'name' of "Anna" and \`x\``, 'cannot read # of # and #'],
    ['connect ECONNREFUSED 10.0.0.7:5432', 'connect ECONNREFUSED #'],
    ['the facade of a decade is effaced', 'the facade of a decade is effaced'],
    ['feedface is a word', 'feedface is a word'],
    ['two\n\tlines\u0000here', 'two lines here'],
    ['', ''],
  ]
  for (const [message, fingerprint] of rows) assert.is(fingerprintOf(message), fingerprint)
})

test('a secret that is known by its looks is gone', () => {
  const fingerprint = fingerprintOf('refused: password=hunter2secret Authorization: Bearer abcdefghijklmnop')
  assert.not.match(fingerprint, 'hunter')
  assert.not.match(fingerprint, 'abcdefgh')
})

test('it is short whatever comes, whole characters, and takes a millisecond at most', () => {
  const hostile = ['a', '"', "'`", '0', 'f', '0x', '-', ' ', '😀', '\ud800', 'deadbeef-', '1.', 'password='].map(
    (part) => part.repeat(200_000),
  )
  for (const text of hostile) {
    fingerprintOf(text)
    const begin = performance.now()
    const fingerprint = fingerprintOf(text)
    assert.ok(performance.now() - begin < 20)
    assert.ok(Array.from(fingerprint).length <= 200)
  }
  assert.is(Array.from(fingerprintOf('😀'.repeat(300))).at(-1), '😀')
})

test.run()
