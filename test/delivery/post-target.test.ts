import * as assert from 'uvu/assert'
import { TelemetryError } from '../../src/core/errors.ts'
import { post } from '../../src/delivery/post.ts'
import { checkPost, type PostOptions } from '../../src/delivery/post-target.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/post-target')

/** Throws when it is accepted, or refused with any trace of the secret in it. */
function assertRefused(url: string, options: PostOptions, wanted: RegExp): void {
  assert.throws(
    () => checkPost(url, options),
    (error: unknown) => {
      if (!(error instanceof TelemetryError) || error.code !== 'invalid_option') return false
      const shown = `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`
      return wanted.test(error.message) && !shown.includes('canary')
    },
    `${url} ${JSON.stringify(options)}`,
  )
}

test('only http and https are taken, and a bad address is not quoted', () => {
  for (const url of ['', 'canary', 'ftp://canary/', 'javascript:canary', 'http://', 'http://[canary', 'unix:/canary']) {
    assertRefused(url, {}, /'url' must be an http or https URL/)
  }
  assertRefused('http://%zz:canary@127.0.0.1/', {}, /credentials/)
})

test('a method that is not one of three is refused', () => {
  // The cast: a JavaScript caller.
  assertRefused('http://127.0.0.1/', { method: 'GET canary' } as unknown as PostOptions, /'method' must be/)
})

test('no header can end its line, frame the message or have a name that is no token', () => {
  for (const value of ['a\r\nx: canary', 'canary\n', '\0', '\x7f', '\u0100', 'ž']) {
    assertRefused('http://127.0.0.1/', { headers: { 'x-a': value } }, /'x-a'/)
  }
  for (const name of ['', 'canary a', 'canary:', 'canary\r\n', 'ä', 'a'.repeat(257)]) {
    assertRefused('http://127.0.0.1/', { headers: { [name]: 'a' } }, /not a token/)
  }
  for (const name of ['Content-Length', 'transfer-encoding', 'HOST', 'Connection', 'expect']) {
    assertRefused('http://127.0.0.1/', { headers: { [name]: '1' } }, /which post writes itself/)
  }
})

test('numbers out of range are refused', () => {
  for (const option of ['timeoutMs', 'connectTimeoutMs', 'maxAnswerBytes']) {
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assertRefused('http://127.0.0.1/', { [option]: value }, new RegExp(`'${option}'`))
    }
  }
})

test('credentials become a header, which one given replaces', () => {
  const url = 'https://us%40er:p%3Ass@[::1]:8443/a?b'
  const { headers, secrets, ...target } = checkPost(url)
  assert.equal(target, { secure: true, hostname: '::1', port: '8443', path: '/a?b' })
  assert.equal(headers, { 'content-type': 'application/json', authorization: `Basic ${btoa('us@er:p:ss')}` })
  const token = btoa('us@er:p:ss')
  assert.equal(secrets, [url, `Basic ${token}`, token, 'us%40er', 'p%3Ass', 'us@er', '/a?b', 'p:ss'])
  assert.is(checkPost(url, { headers: { Authorization: 'Bearer x' } }).headers['authorization'], 'Bearer x')
})

test('tokens of the path, the query and the headers are secrets, words that are no secret are not', () => {
  const headers = { authorization: 'Bearer canary-token', 'X-Key': 'canary-key', accept: 'text/plain' }
  const { secrets } = checkPost('http://127.0.0.1/api/canary-path?key=canary-query', { headers })
  for (const token of ['canary-path', 'canary-query', 'canary-token', 'canary-key']) assert.ok(secrets.includes(token))
  for (const word of ['api', 'key', 'Bearer', 'text/plain', 'application/json'])
    assert.not(secrets.includes(word), word)
})

test('post rejects for what is refused here', async () => {
  try {
    await post('ftp://canary', '{}')
  } catch (error) {
    return assert.is(error instanceof TelemetryError && error.code, 'invalid_option')
  }
  assert.unreachable()
})

test.run()
