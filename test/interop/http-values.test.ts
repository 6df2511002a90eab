import * as assert from 'uvu/assert'
import {
  errorType,
  hostOf,
  isBodiless,
  knownMethod,
  lengthOf,
  pathHash,
  pathOf,
} from '../../src/interop/http-values.ts'
import { suite } from '../harness/suite.ts'

const test = suite('interop/http-values')

test('a method that is not a known one is _OTHER', () => {
  assert.is(knownMethod('GET'), 'GET')
  assert.is(knownMethod('PROPFIND'), '_OTHER')
  assert.is(knownMethod('get'), '_OTHER')
  assert.is(knownMethod(undefined), '_OTHER')
})

test('a path has no query, no fragment and no authority', () => {
  assert.is(pathOf('/a/b?c=/d'), '/a/b')
  assert.is(pathOf('/a#b?c'), '/a')
  assert.is(pathOf('http://user:secret@example.com/a?b'), '/a')
  assert.is(pathOf('http://example.com'), '/')
  assert.is(pathOf('//example.com/a'), '//example.com/a')
  assert.is(pathOf('*'), '*')
  assert.is(pathOf(undefined), '')
})

test('ten thousand paths have 256 hashes at most, and spread over nearly all of them', () => {
  const hashes = new Set(Array.from({ length: 10_000 }, (_, id) => pathHash(`/users/${id}`)))
  assert.ok(hashes.size > 250 && hashes.size <= 256, `${hashes.size} hashes`)
  for (const hash of hashes) assert.match(hash, /^[0-9a-f]{2}$/)
})

test('the hash of a path looks at no more than 1,024 characters', () => {
  const long = 'x'.repeat(1_024)
  assert.is(pathHash(`${long}a`), pathHash(`${long}b`))
  assert.is.not(pathHash('/a'), pathHash('/b'))
})

test('the type of an error is its code or else its name, and never what may be data', () => {
  assert.is(errorType(Object.assign(new Error('x'), { code: 'ECONNRESET' })), 'ECONNRESET')
  assert.is(errorType(new TypeError('x')), 'TypeError')
  assert.is(errorType(new DOMException('x', 'TimeoutError')), 'TimeoutError')
  assert.is(errorType(Object.assign(new Error('x'), { code: 'a b', name: 'user 7 not found' })), '_OTHER')
  assert.is(errorType('a string'), '_OTHER')
  assert.is(errorType(null), '_OTHER')
  assert.is(errorType(Proxy.revocable({}, {}).proxy), '_OTHER')
})

test('an error that cannot be asked has the type _OTHER', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  assert.is(errorType(proxy), '_OTHER')
})

test('a host is lower case, with its port and without anything else of a URL', () => {
  assert.is(hostOf('Example.COM:8080'), 'example.com:8080')
  assert.is(hostOf('http://example.com'), 'example.com')
  assert.is(hostOf(new URL('https://user:pass@example.com/path')), 'example.com')
  assert.is(hostOf('[::1]:80'), '[::1]:80')
  assert.is(hostOf('user:pass@example.com'), undefined)
  assert.is(hostOf('a b'), undefined)
  assert.is(hostOf('x'.repeat(256)), undefined)
  assert.is(hostOf(['a']), undefined)
})

test('a content length is a whole number of bytes or nothing', () => {
  assert.is(lengthOf('12'), 12)
  assert.is(lengthOf(12), 12)
  for (const wrong of ['-1', '1.5', 'Infinity', '', '1, 2', Number.NaN, null, undefined, ['1']]) {
    assert.is(lengthOf(wrong), undefined)
  }
})

test('HEAD, 204 and 304 have no body', () => {
  assert.is(isBodiless('HEAD', 200), true)
  assert.is(isBodiless('GET', 204), true)
  assert.is(isBodiless('GET', 304), true)
  assert.is(isBodiless('GET', 200), false)
})

test.run()
