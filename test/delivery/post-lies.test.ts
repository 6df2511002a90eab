import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { post } from '../../src/delivery/post.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { settle } from '../../src/testing/settle.ts'
import { suite } from '../harness/suite.ts'
import { httpReceiver, type Receiver, socketReceiver } from './receiver.ts'

const test = suite<{ receiver: Receiver | undefined }>('delivery/post against receivers that lie')
test.after.each(({ receiver }) => receiver?.close())

const MIB = 1_048_576

/** Answers each connection's requests with these bytes, and then does `after`. */
function scripted(answer: string, after?: 'end'): Promise<Receiver> {
  return socketReceiver((socket) => {
    socket.on('data', () => {
      socket.write(answer)
      if (after === 'end') socket.end()
    })
  })
}

test('ten gigabytes that are announced are not read', async (context) => {
  let sent = 0
  const chunk = Buffer.alloc(MIB)
  context.receiver = await httpReceiver((_request, response) => {
    response.writeHead(200, { 'content-length': 10 * 1_024 * MIB })
    const more = () => {
      for (let free = true; free && !response.destroyed; sent += chunk.length) free = response.write(chunk)
    }
    response.on('drain', more)
    more()
  })
  await post(context.receiver.url, '{}')
  sent = 0
  const before = process.memoryUsage().rss
  for (let count = 0; count < 20; count++) {
    const { outcome, body } = await post(context.receiver.url, '{}')
    assert.equal([outcome, body.length], ['delivered', 65_536])
  }
  assert.ok(sent < 20 * 16 * MIB, `the receiver got rid of ${sent} bytes`)
  // Most of it is the receiver's, which lives in the same process.
  const grown = (process.memoryUsage().rss - before) / MIB
  assert.ok(grown < 64, `${grown} MiB more`)
})

test('a compressed answer is never expanded, and the memory stays what it was', async (context) => {
  const bomb = gzipSync(Buffer.alloc(50 * MIB))
  context.receiver = await httpReceiver((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': bomb.length }).end(bomb)
  })
  await post(context.receiver.url, '{}')
  const before = process.memoryUsage().rss
  for (let count = 0; count < 50; count++) {
    const { outcome, body } = await post(context.receiver.url, '{}')
    assert.is(outcome, 'delivered')
    assert.ok(body.length <= bomb.length)
  }
  const grown = (process.memoryUsage().rss - before) / MIB
  assert.ok(grown < 32, `${grown} MiB more`)
})

test('an answer longer than it says is cut there, and the connection used no more', async (context) => {
  context.receiver = await scripted('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 500 No\r\n\r\n')
  for (let count = 1; count <= 3; count++) {
    const { outcome, status, body } = await post(context.receiver.url, '{}')
    assert.equal([outcome, status, body], ['delivered', 200, 'ok'])
    await settle()
    assert.is(context.receiver.accepted(), count)
  }
})

test('an answer shorter than it says is a retry, when the connection ends and when it does not', async (context) => {
  const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok'
  context.receiver = await scripted(answer, 'end')
  const ended = await post(context.receiver.url, '{}')
  assert.is(ended.outcome, 'retry')
  assert.match(ended.reason, /^status 200, (?:answer broken off|connection closed)$/)
  await context.receiver.close()

  context.receiver = await scripted(answer)
  const clock = manualClock()
  const running = post(context.receiver.url, '{}', { clock, timeoutMs: 500 })
  while (context.receiver.accepted() === 0) await settle(1)
  clock.advance(500)
  const { outcome, reason } = await running
  assert.is(outcome, 'retry')
  assert.match(reason, /no whole answer within 500 ms$/)
})

test('lengths, chunks and headers that make no sense are retries or refusals, never a success', async (context) => {
  const head = 'HTTP/1.1 200 OK\r\n'
  const answers = {
    'length of a minus': `${head}content-length: -1\r\n\r\nok`,
    'two lengths': `${head}content-length: 2\r\ncontent-length: 3\r\n\r\nok`,
    'length and chunks': `${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    'chunk of no size': `${head}transfer-encoding: chunked\r\n\r\nzz\r\nok\r\n`,
    'header without end': `${head}x: ${'a'.repeat(100_000)}`,
    'a status of a word': 'HTTP/1.1 fine OK\r\ncontent-length: 0\r\n\r\n',
    'HTTP/0.9': 'ok',
  }
  for (const [name, answer] of Object.entries(answers)) {
    context.receiver = await scripted(answer, 'end')
    const { outcome, reason } = await post(context.receiver.url, '{}')
    assert.is(outcome, 'retry', `${name}: ${reason}`)
    await context.receiver.close()
  }
})

test('a connection whose other half has ended is a retry at once, and not used', async (context) => {
  context.receiver = await socketReceiver((socket) => socket.end())
  for (let count = 0; count < 2; count++) {
    const { outcome, reason } = await post(context.receiver.url, '{}')
    assert.is(outcome, 'retry', reason)
  }
  assert.is(context.receiver.accepted(), 2)
})

test('the deadline covers a request that nobody reads, and the connection is gone', async (context) => {
  context.receiver = await socketReceiver((socket) => socket.pause())
  const clock = manualClock()
  const running = post(context.receiver.url, new Uint8Array(64 * MIB), { clock, timeoutMs: 700 })
  while (context.receiver.accepted() === 0) await settle(1)
  clock.advance(700)
  const { outcome, reason } = await running
  assert.equal([outcome, reason], ['retry', 'no whole answer within 700 ms'])
  for (const socket of context.receiver.sockets) socket.resume()
  while (context.receiver.sockets.size > 0) await settle(1)
  assert.is(clock.pending, 0)
})

test.run()
