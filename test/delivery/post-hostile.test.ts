import * as assert from 'uvu/assert'
import { post } from '../../src/delivery/post.ts'
import type { PostResult } from '../../src/delivery/post-answer.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { settle } from '../../src/testing/settle.ts'
import { suite } from '../harness/suite.ts'
import { httpReceiver, type Receiver, socketReceiver } from './receiver.ts'

const test = suite<{ receiver: Receiver | undefined }>('delivery/post against hostile receivers')
test.after.each(({ receiver }) => receiver?.close())

/** Turns the event loop until `done`; the test's own limit ends what never is. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await settle(1)
}

function start(url: string, options: Parameters<typeof post>[2] = {}) {
  const clock = manualClock()
  const running: { result?: PostResult } = {}
  void post(url, '{}', { clock, ...options }).then((result) => (running.result = result))
  return { clock, running }
}

test('a receiver that accepts and never answers costs ten seconds', async (context) => {
  let asked = false
  context.receiver = await socketReceiver((socket) => socket.on('data', () => (asked = true)))
  const { clock, running } = start(context.receiver.url)
  await until(() => asked)
  clock.advance(9_999)
  await settle()
  assert.is(running.result, undefined)
  clock.advance(1)
  await until(() => context.receiver?.sockets.size === 0)
  assert.equal(running.result, {
    outcome: 'retry',
    reason: 'no whole answer within 10000 ms',
    body: '',
    bytes: new Uint8Array(),
  })
  assert.is(clock.pending, 0)
})

test('a body that drips does not move the deadline', async (context) => {
  let drip: ((text: string) => void) | undefined
  context.receiver = await httpReceiver((_request, response) => {
    drip = (text) => void response.write(text)
    response.flushHeaders()
  })
  const { clock, running } = start(context.receiver.url, { timeoutMs: 1_000 })
  await until(() => drip !== undefined)
  for (let second = 0; second < 9; second++) {
    drip?.('.')
    await settle()
    clock.advance(100)
  }
  await settle()
  assert.is(running.result, undefined)
  clock.advance(100)
  await until(() => context.receiver?.sockets.size === 0)
  assert.is(running.result?.outcome, 'retry')
  assert.is(running.result?.status, 200)
  assert.match(running.result?.reason ?? '', 'status 200, no whole answer within 1000 ms')
})

test('a TLS handshake that never ends costs three seconds', async (context) => {
  let greeted = false
  context.receiver = await socketReceiver((socket) => socket.on('data', () => (greeted = true)))
  const { clock, running } = start(`https://127.0.0.1:${context.receiver.port}/`)
  await until(() => greeted)
  clock.advance(2_999)
  await settle()
  assert.is(running.result, undefined)
  clock.advance(1)
  await until(() => running.result !== undefined)
  assert.equal(running.result, {
    outcome: 'retry',
    reason: 'not connected within 3000 ms',
    body: '',
    bytes: new Uint8Array(),
  })
  assert.is(clock.pending, 0)
})

test('a reset before, within and after the headers is a retry, unless the status has refused', async (context) => {
  const head = (status: string) => `HTTP/1.1 ${status}\r\ncontent-length: 100\r\n\r\nhalf`
  const answers = ['', 'HTTP/1.1 200', head('200 OK'), head('404 Not Found')]
  context.receiver = await socketReceiver((socket) => {
    socket.once('data', () => socket.write(answers.shift() ?? '', () => setImmediate(() => socket.resetAndDestroy())))
  })
  const results: PostResult[] = []
  for (let sent = 0; sent < 4; sent++) results.push(await post(context.receiver.url, '{}'))
  assert.equal(
    results.map(({ outcome }) => outcome),
    ['retry', 'retry', 'retry', 'permanent'],
  )
  assert.is(results[0]?.reason, 'ECONNRESET')
  assert.equal([results[2]?.status, results[2]?.body], [200, 'half'])
})

test('an answer without end is read to the limit, and the connection closed', async (context) => {
  let ended = false
  context.receiver = await httpReceiver((_request, response) => {
    const more = () => {
      while (!ended && response.write('ä'.repeat(5_000)));
    }
    response.on('drain', more).on('close', () => (ended = true))
    more()
  })
  const result = await post(context.receiver.url, '{}', { maxAnswerBytes: 99_999 })
  assert.equal([result.outcome, result.body.length], ['delivered', 49_999])
  await until(() => ended && context.receiver?.sockets.size === 0)
  ended = false
  assert.is((await post(context.receiver.url, '{}')).body.length, 32_768)
})

test('what is not HTTP, an upgrade and a closed port are retries', async (context) => {
  const answers = ['SSH-2.0-OpenSSH\r\n', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n']
  context.receiver = await socketReceiver((socket) => socket.once('data', () => socket.end(answers.shift() ?? '')))
  const { url, close } = context.receiver
  for (const _ of [1, 2]) assert.is((await post(url, '{}')).outcome, 'retry')
  await close()
  assert.equal(await post(url, '{}'), { outcome: 'retry', reason: 'ECONNREFUSED', body: '', bytes: new Uint8Array() })
})

test('an abort ends the attempt, before and while it runs', async (context) => {
  let asked = false
  context.receiver = await socketReceiver((socket) => socket.on('data', () => (asked = true)))
  const controller = new AbortController()
  const { clock, running } = start(context.receiver.url, { signal: controller.signal })
  await until(() => asked)
  controller.abort()
  await until(() => running.result !== undefined && context.receiver?.sockets.size === 0)
  assert.equal(running.result, { outcome: 'retry', reason: 'aborted', body: '', bytes: new Uint8Array() })
  assert.is(clock.pending, 0)
  await post(context.receiver.url, '{}', { signal: controller.signal })
  assert.is(context.receiver.accepted(), 1)
})

test.run()
