import * as assert from 'uvu/assert'
import { TelemetryError } from '../../src/core/errors.ts'
import { checkServeOptions } from '../../src/http/options.ts'
import { suite } from '../harness/suite.ts'

const test = suite('http/options')
const route = { path: '/metrics', handle: () => {} }
const token = 'not-to-be-shown-anywhere'

function problem(options: object): string {
  try {
    checkServeOptions({ routes: [route], port: 0, ...options })
  } catch (error) {
    assert.instance(error, TelemetryError)
    if (error instanceof TelemetryError) {
      assert.is(error.code, 'invalid_option')
      return error.message
    }
  }
  return ''
}

test('good options pass', () => {
  assert.is(problem({}), '')
  assert.is(problem({ host: '::1', allowedHosts: ['metrics.example', '[fe80::1]'] }), '')
  assert.is(problem({ host: '0.0.0.0', token, allowedHosts: ['*'] }), '')
})

test('an address that other machines reach needs a token', () => {
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.evil.example'])
    assert.match(problem({ host }), /give a 'token'/)
})

test('a port out of range is refused', () => {
  for (const port of [-1, 65_536, 1.5, Number.NaN, '80']) assert.match(problem({ port }), /'port' must be/)
})

test('a short or unspeakable token is refused without being shown', () => {
  for (const bad of ['', 'short', `${token} with space`, `${token}\n`, 42]) {
    const message = problem({ token: bad })
    assert.match(message, /'token' must be/)
    assert.not.match(message, token)
  }
})

test('the star for every host needs a token, and a name has no port', () => {
  assert.match(problem({ allowedHosts: ['*'] }), /only together with a 'token'/)
  for (const name of ['a:80', '', 'a/b', 'http://a', 7])
    assert.match(problem({ allowedHosts: [name] }), /without a port/)
  assert.match(problem({ allowedHosts: 'a' }), /must be an array/)
})

test('a path must be one that can be asked for, and stand once', () => {
  for (const path of ['metrics', '', '/a?b', '/a#b', '/a b']) {
    assert.match(problem({ routes: [{ ...route, path }] }), /must begin with/)
  }
  assert.match(problem({ routes: [route, route] }), /given twice/)
  assert.match(problem({ routes: [{ path: '/x' }] }), /needs a function/)
})

test.run()
