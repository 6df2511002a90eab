import { type IncomingHttpHeaders, request } from 'node:http'
import * as assert from 'uvu/assert'
import { withContext } from '../../src/context/current.ts'
import { extract } from '../../src/context/headers/extract.ts'
import { inject } from '../../src/context/headers/inject.ts'
import { parseTraceparent, type Traceparent } from '../../src/context/headers/traceparent.ts'
import { withSpan } from '../../src/context/with-span.ts'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import { type Loopback, serve } from '../interop/loopback.ts'
import { type W3cRequest, w3cCases } from './w3c-cases.ts'

// A service that is asked as the W3C's test suite asks one, and what it sends on, over HTTP both times.
const test = suite('context/w3c')

const bus = createBus()
bus.attach('listener', '**', () => {})

/** The headers of the requests that the service has made. */
let sent: IncomingHttpHeaders[] = []
let receiver: Loopback | undefined
let service: Loopback | undefined

test.before(async () => {
  receiver = await serve((incoming, response) => {
    sent.push(incoming.headers)
    response.end()
  })
  const { url } = receiver
  service = await serve((incoming, response) => {
    const calls = Number(incoming.headers['x-calls'])
    const handle = async () => {
      for (let i = 0; i < calls; i++) await withSpan('call', () => post(url, Object.entries(inject())), { bus })
      response.end()
    }
    void withContext(extract(incoming.headers), () => withSpan('handle', handle, { bus }))
  })
})

test.after(async () => {
  await service?.[Symbol.asyncDispose]()
  await receiver?.[Symbol.asyncDispose]()
})

/** What the service sends on when it is asked with these headers and makes so many requests. */
async function ask(headers: W3cRequest['headers'], calls = 1): Promise<IncomingHttpHeaders[]> {
  sent = []
  await post(service?.url ?? '', [...headers, ['x-calls', String(calls)]])
  assert.is(sent.length, calls)
  return sent
}

function post(url: string, headers: readonly (readonly [string, string])[]): Promise<void> {
  return new Promise((resolve, reject) => {
    // A list of names and values keeps case, order and repetition; it has to name the host too.
    const list = ['host', new URL(url).host, ...headers.flat()]
    const post = request(url, { method: 'POST', headers: list }, (response) => {
      response.resume()
      response.once('end', resolve)
    })
    post.once('error', reject)
    post.end()
  })
}

function parentOf(headers: IncomingHttpHeaders | undefined): Traceparent {
  const parent = parseTraceparent(String(headers?.['traceparent']))
  if (parent === undefined) throw new Error(`sent traceparent ${headers?.['traceparent']}`)
  return parent
}

for (const [name, requests] of Object.entries(w3cCases)) {
  test(`test_${name}`, async () => {
    for (const { headers, kept, state } of requests) {
      const [seen] = await ask(headers)
      const { traceId, spanId, traceFlags } = parentOf(seen)
      const given = headers.map(([, value]) => value).join()
      assert.is(given.includes(traceId), kept, given)
      assert.is(given.includes(spanId), false, given)
      if (kept) assert.is(traceFlags, Number(/-0([0-3])\s*(?:-|,|$)/.exec(given)?.[1]), given)
      assert.is(seen?.['tracestate'] ?? '', state, given)
    }
  })
}

test('test_multiple_requests_with_valid_traceparent', async () => {
  const traceId = '12345678901234567890123456789012'
  const parents = (await ask([['traceparent', `00-${traceId}-1234567890123456-01`]], 3)).map(parentOf)
  assert.equal([...new Set(parents.map((parent) => parent.traceId))], [traceId])
  assert.is(new Set(parents.map((parent) => parent.spanId)).size, 3)
})

test('test_multiple_requests_without_traceparent', async () => {
  const parents = (await ask([], 3)).map(parentOf)
  assert.is(new Set(parents.map((parent) => parent.spanId)).size, 3)
})

test('test_multiple_requests_with_illegal_traceparent', async () => {
  const zero = '0'.repeat(32)
  const parents = (await ask([['traceparent', `00-${zero}-1234567890123456-01`]], 3)).map(parentOf)
  assert.not.ok(parents.some((parent) => parent.traceId === zero))
  assert.is(new Set(parents.map((parent) => parent.spanId)).size, 3)
})

test.run()
