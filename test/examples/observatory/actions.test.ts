import * as assert from 'uvu/assert'
import { actionRoutes } from '../../../examples/observatory/actions.ts'
import { serve } from '../../../src/http/serve.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('examples/observatory/actions')

test('an action takes an object of JSON that it understands, and nothing that a form of another page could send', async () => {
  const taken: unknown[] = []
  const take = (input: object) => taken.push(input) > 0 && 'slow' in input
  const server = await serve({ port: 0, routes: actionRoutes({ '/slow': take }) })
  const json = { 'content-type': 'application/json' }
  const ask = async (init: RequestInit) => (await fetch(`${server.url}/slow`, { method: 'POST', ...init })).status
  try {
    assert.is(await ask({ body: '{"slow":true}', headers: json }), 204)
    assert.is(await ask({ body: '{}', headers: json }), 400)
    assert.equal(taken.splice(0), [{ slow: true }, {}])

    for (const body of ['', '{', 'null', '1', `{"slow":"${'x'.repeat(5_000)}"}`]) {
      assert.is(await ask({ body, headers: json }), 400, body.slice(0, 20))
    }
    assert.is(await ask({ body: '{"slow":true}', headers: { 'content-type': 'text/plain' } }), 415)
    assert.is(await ask({ method: 'OPTIONS' }), 405)
    assert.equal(taken, [])
  } finally {
    await server.close()
  }
})

test.run()
