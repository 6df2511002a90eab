import * as assert from 'uvu/assert'
import { findRoute, type Route } from '../../src/http/route.ts'
import { suite } from '../harness/suite.ts'

const test = suite('http/route')

const metrics: Route = { path: '/metrics', handle: () => {} }
const control: Route = { path: '/control', methods: ['POST'], handle: () => {} }
const routes = new Map([metrics, control].map((route) => [route.path, route]))

test('a path is matched exactly and the query is not part of it', () => {
  assert.is(findRoute(routes, 'GET', '/metrics'), metrics)
  assert.is(findRoute(routes, 'HEAD', '/metrics?name[]=%zz'), metrics)
})

test('tricks with the path find nothing', () => {
  const targets = [
    '/',
    '//metrics',
    '/metrics/',
    '/METRICS',
    '/./metrics',
    '/a/../metrics',
    '/%6detrics',
    '/metrics%00',
  ]
  for (const target of [...targets, `/${'a'.repeat(8_000)}`, '/__proto__']) {
    assert.equal(findRoute(routes, 'GET', target), { status: 404 }, target)
  }
})

test('a target that is not a path is a bad request', () => {
  for (const target of ['http://evil.example/metrics', '*', '', undefined]) {
    assert.equal(findRoute(routes, 'GET', target), { status: 400 }, String(target))
  }
})

test('another method than the route says is refused with those it takes', () => {
  assert.equal(findRoute(routes, 'POST', '/metrics'), { status: 405, headers: { allow: 'GET, HEAD' } })
  assert.equal(findRoute(routes, 'GET', '/control'), { status: 405, headers: { allow: 'POST' } })
  assert.is(findRoute(routes, 'POST', '/control'), control)
  assert.equal(findRoute(routes, undefined, '/metrics'), { status: 405, headers: { allow: 'GET, HEAD' } })
})

test.run()
