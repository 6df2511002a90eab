import { gunzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { post } from '../../src/delivery/post.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { settle } from '../../src/testing/settle.ts'
import { suite } from '../harness/suite.ts'
import { canaries, httpReceiver, type Receiver, readBody } from './receiver.ts'

const test = suite<{ receiver: Receiver | undefined }>('delivery/post')
test.after.each(({ receiver }) => receiver?.close())

test('a body arrives with its length, type and credentials, and the answer comes back', async (context) => {
  let seen: unknown
  context.receiver = await httpReceiver(async (request, response) => {
    const { method, url, headers } = request
    const { authorization, 'content-type': type, 'content-length': length } = headers
    seen = {
      method,
      url,
      authorization,
      type,
      length,
      custom: headers['x-custom'],
      body: String(await readBody(request)),
    }
    response.writeHead(201).end('fine')
  })
  const result = await post(context.receiver.url, '{"ä":1}', { headers: { 'X-Custom': 'yes' } })
  assert.equal(result, {
    outcome: 'delivered',
    status: 201,
    reason: 'status 201',
    body: 'fine',
    bytes: Buffer.from('fine'),
  })
  const authorization = `Basic ${btoa('canary-user:canary-pass')}`
  const [method, url, type] = ['POST', '/hooks/canary-path?k=1', 'application/json']
  assert.equal(seen, { method, url, authorization, type, length: '8', custom: 'yes', body: '{"ä":1}' })
})

test('gzip compresses the body and says so', async (context) => {
  let seen: unknown
  context.receiver = await httpReceiver(async (request, response) => {
    const raw = await readBody(request)
    seen = [request.headers['content-encoding'], raw.length < 1_000, gunzipSync(raw).length]
    response.end()
  })
  const result = await post(context.receiver.url, new Uint8Array(50_000), { gzip: true })
  assert.is(result.outcome, 'delivered')
  assert.equal(seen, ['gzip', true, 50_000])
})

test('a receiver that keeps state is sent PUT and DELETE', async (context) => {
  const seen: unknown[] = []
  context.receiver = await httpReceiver(async (request, response) => {
    seen.push([request.method, String(await readBody(request))])
    response.end()
  })
  await post(context.receiver.url, 'all', { method: 'PUT' })
  await post(context.receiver.url, '', { method: 'DELETE' })
  assert.equal(seen, [
    ['PUT', 'all'],
    ['DELETE', ''],
  ])
})

test('one connection serves many posts', async (context) => {
  context.receiver = await httpReceiver(
    (request, response) => void request.resume().on('end', () => response.end('ok')),
  )
  for (let sent = 0; sent < 20; sent++) assert.is((await post(context.receiver.url, '{}')).outcome, 'delivered')
  assert.is(context.receiver.accepted(), 1)
})

test('a redirect is a permanent failure and nobody goes there', async (context) => {
  let requests = 0
  context.receiver = await httpReceiver((_request, response) => {
    requests++
    response.writeHead(307, { location: '/internal' }).end()
  })
  const { outcome, status, reason } = await post(context.receiver.url, '{}')
  assert.equal([outcome, status], ['permanent', 307])
  assert.match(reason, 'redirects are not followed')
  assert.is(requests, 1)
})

test('Retry-After is read in seconds and as a date, on a retry only', async (context) => {
  const clock = manualClock(Date.UTC(2026, 0, 1))
  const answers: [number, string][] = [
    [429, '7'],
    [503, 'Thu, 01 Jan 2026 00:00:09 GMT'],
    [429, 'garbage'],
    [400, '7'],
  ]
  context.receiver = await httpReceiver((_request, response) => {
    const [status, value] = answers.shift() ?? [200, '']
    response.writeHead(status, { 'retry-after': value }).end()
  })
  const { url } = context.receiver
  const got = []
  for (let sent = 0; sent < 4; sent++) got.push(await post(url, '{}', { clock }))
  assert.equal(
    got.map(({ outcome, retryAfterMs }) => [outcome, retryAfterMs]),
    [
      ['retry', 7_000],
      ['retry', 9_000],
      ['retry', undefined],
      ['permanent', undefined],
    ],
  )
  assert.is(clock.pending, 0)
})

test('classify decides by status and body, and what is no decision leaves it to the status', async (context) => {
  context.receiver = await httpReceiver((_request, response) => void response.end('no_service'))
  const { url } = context.receiver
  const judge = (status: number, body: string) => (status === 200 && body === 'no_service' ? 'permanent' : undefined)
  assert.is((await post(url, '', { classify: judge })).outcome, 'permanent')
  assert.is((await post(url, '', { classify: () => undefined })).outcome, 'delivered')
  let calls = 0
  const counting = () => {
    calls++
    return undefined
  }
  await post(url, '', { classify: counting })
  await settle()
  assert.is(calls, 1)
  for (const text of ['"later"', '{']) {
    assert.is((await post(url, '', { classify: () => JSON.parse(text) })).outcome, 'delivered')
  }
})

test('nothing that comes back holds any part of the address, though the answer repeats it', async (context) => {
  context.receiver = await httpReceiver((request, response) => {
    const said = `Cannot POST ${request.url} on http://${request.headers.host}${request.url}`
    response.writeHead(404, { location: request.url }).end(said)
  })
  const { url, port } = context.receiver
  const refused = `http://canary-user:canary-pass@127.0.0.1:1/canary-path`
  const plain = `https://canary-user:canary-pass@127.0.0.1:${port}/canary-path`
  const results = [await post(url, '{}'), await post(refused, '{}'), await post(plain, '{}')]
  assert.equal(
    results.map(({ outcome }) => outcome),
    ['permanent', 'retry', 'retry'],
  )
  assert.is(results[0]?.body, `Cannot POST <redacted> on http://127.0.0.1:${port}<redacted>`)
  const text = JSON.stringify(results)
  for (const canary of canaries) assert.not.match(text, canary)
})

test('an answer that is cut in the middle of a secret does not tell its beginning', async (context) => {
  context.receiver = await httpReceiver((request, response) => void response.end(`Cannot POST ${request.url}`))
  const { url } = context.receiver
  for (let maxAnswerBytes = 20; maxAnswerBytes <= 30; maxAnswerBytes++) {
    const { body } = await post(url, '', { maxAnswerBytes })
    assert.is(body, 'Cannot POST <redacted>')
  }
  assert.is((await post(url, '', { maxAnswerBytes: 15 })).body, 'Cannot POST /ho')
})

test.run()
