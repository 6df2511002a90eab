import * as assert from 'uvu/assert'
import { hostAllowList, hostName, isLoopback, urlHost } from '../../src/http/hosts.ts'
import { suite } from '../harness/suite.ts'

const test = suite('http/hosts')

test('only addresses of 127.0.0.0/8, ::1 and localhost are loopback', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', '[::1]', 'localhost']) assert.ok(isLoopback(host), host)
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.evil.example', 'localhost.evil.example', '1270.0.0.1']) {
    assert.not.ok(isLoopback(host), host)
  }
})

test('the name of a Host header is what stands before the port, in lower case', () => {
  assert.is(hostName('LocalHost:9464'), 'localhost')
  assert.is(hostName('127.0.0.1'), '127.0.0.1')
  assert.is(hostName('[::1]:80'), '[::1]')
})

test('a malformed Host header has no name', () => {
  for (const header of ['', ':80', 'a b', 'a@b', 'a/b', '::1', 'a:b', 'a:123456', 'a:80:80', undefined]) {
    assert.is(hostName(header), undefined, String(header))
  }
})

test('loopback names, the bound address and configured names are allowed, nothing else', () => {
  const isAllowed = hostAllowList('10.0.0.5', ['Metrics.Example'])
  for (const header of ['localhost', '127.0.0.1:1', '[::1]:9', '10.0.0.5:9464', 'metrics.example']) {
    assert.ok(isAllowed(header), header)
  }
  for (const header of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.6', undefined]) {
    assert.not.ok(isAllowed(header), String(header))
  }
})

test('a star allows every name but still not a malformed header', () => {
  const isAllowed = hostAllowList('127.0.0.1', ['*'])
  assert.ok(isAllowed('anything.example'))
  assert.not.ok(isAllowed('a b'))
})

test('an IPv6 address is bracketed in a URL once', () => {
  assert.is(urlHost('::1'), '[::1]')
  assert.is(urlHost('[::1]'), '[::1]')
  assert.is(urlHost('127.0.0.1'), '127.0.0.1')
})

test.run()
