import * as assert from 'uvu/assert'
import { currentContext } from '../../../src/context/current.ts'
import { suite } from '../../harness/suite.ts'
import { calling, correlated } from './setup.ts'

/** Apart from the servers: Hono's puts a Response of its own in the place of the global one. */
const test = suite('handlers/correlation/fetch')
const url = 'http://127.0.0.1/'

test('an answer that is there at once is given at once, with the id', () => {
  const { correlation } = correlated()
  const handler = correlation.fetch((_request: Request) => new Response(currentContext()?.correlationId))
  const response = handler(new Request(url, { headers: calling }))
  assert.ok(response instanceof Response)
  assert.is(response.headers.get('x-correlation-id'), 'order-17')
})

test('an answer whose headers cannot be changed gets the id too', async () => {
  const { correlation } = correlated()
  const handler = correlation.fetch((_request: Request) => Response.redirect('http://127.0.0.1/elsewhere', 302))
  const response = await handler(new Request(url, { headers: calling }))
  assert.equal(
    [response.status, response.headers.get('location'), response.headers.get('x-correlation-id')],
    [302, 'http://127.0.0.1/elsewhere', 'order-17'],
  )
})

test('an answer that can have no headers is passed on as it is', async () => {
  const { correlation } = correlated()
  const failed = Response.error()
  const handler = correlation.fetch((_request: Request) => failed)
  assert.is(await handler(new Request(url)), failed)
})

test('what else the runtime passes is passed on, and so is what the handler throws', async () => {
  const { correlation } = correlated()
  const broken = new Error('broken')
  const handler = correlation.fetch(async (_request: Request, env: { fail: boolean }) => {
    if (env.fail) throw broken
    return new Response('x')
  })
  assert.is(await (await handler(new Request(url), { fail: false })).text(), 'x')
  assert.is(await handler(new Request(url), { fail: true }).catch((error: unknown) => error), broken)
})

test.run()
