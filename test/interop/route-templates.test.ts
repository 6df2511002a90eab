import * as assert from 'uvu/assert'
import { TelemetryError } from '../../src/core/errors.ts'
import { compileRoutes } from '../../src/interop/route-templates.ts'
import { suite } from '../harness/suite.ts'

const test = suite('interop/route-templates')

test('a parameter stands for one segment that is not empty', () => {
  const match = compileRoutes(['/users/:id', '/users/:id/posts/:post'])
  assert.is(match('/users/7'), '/users/:id')
  assert.is(match('/users/7/'), '/users/:id')
  assert.is(match('/users/7/posts/8'), '/users/:id/posts/:post')
  assert.is(match('/users'), undefined)
  assert.is(match('/users/'), undefined)
  assert.is(match('/users//posts/8'), undefined)
  assert.is(match('/users/7/posts'), undefined)
})

test('a star at the end stands for one segment or more', () => {
  const match = compileRoutes(['/files/*'])
  assert.is(match('/files/a'), '/files/*')
  assert.is(match('/files/a/b/c'), '/files/*')
  assert.is(match('/files'), undefined)
})

test('a literal path goes before one with parameters, and of those the first', () => {
  const match = compileRoutes(['/:any', '/users/:id', '/users/me', '/users/:name'])
  assert.is(match('/users/me'), '/users/me')
  assert.is(match('/users/7'), '/users/:id')
  assert.is(match('/x'), '/:any')
})

test('the root is a path like any other', () => {
  const match = compileRoutes(['/'])
  assert.is(match('/'), '/')
  assert.is(match('/a'), undefined)
  assert.is(match(''), undefined)
})

test('hostile paths match nothing and take no time', () => {
  const match = compileRoutes(['/a/:b/*', '/__proto__', '/:x'])
  assert.is(match('/a'.repeat(1_000_000)), undefined)
  assert.is(match('/'.repeat(1_000_000)), undefined)
  assert.is(match('*'), undefined)
  assert.is(match('constructor'), undefined)
  assert.is(match('/constructor'), '/:x')
})

test('a template without a slash, or with a star elsewhere than at the end, is refused', () => {
  for (const wrong of ['users', '', '/a/*/b', 7]) {
    assert.throws(
      // @ts-expect-error a number is no template
      () => compileRoutes([wrong]),
      (error: unknown) => error instanceof TelemetryError && error.code === 'invalid_option',
    )
  }
})

test.run()
