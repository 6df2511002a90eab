import { createServer, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { type ManualClock, manualClock } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { createScraper, type Scraper } from '../../../handlers/prometheus/scrape.ts'
import { createSharedRender } from '../../../handlers/prometheus/shared-render.ts'
import { suite } from '../../harness/suite.ts'

interface Context {
  clock: ManualClock
  scraper: Scraper
  server: Server
  port: number
  renders: { isWanted(): boolean; finish(pieces: Buffer[]): void; fail(): void }[]
}

const test = suite<Context>('prometheus/scrape')

test.before.each(async (context) => {
  context.clock = manualClock()
  context.renders = []
  const shared = createSharedRender(
    (_format, isWanted) =>
      new Promise((resolve, reject) => {
        context.renders.push({ isWanted, finish: resolve, fail: () => reject(new Error('password=hunter2')) })
      }),
    context.clock,
    0,
  )
  context.scraper = createScraper(shared, context.clock)
  context.server = createServer(context.scraper.handle)
  await new Promise<void>((resolve) => context.server.listen(0, '127.0.0.1', resolve))
  const address = context.server.address()
  context.port = typeof address === 'object' && address !== null ? address.port : 0
})

test.after.each(({ server, scraper }) => {
  scraper.close()
  server.close()
  server.closeAllConnections()
})

/** Sends a scrape and leaves the answer unread until asked for. */
function scrape(port: number, headers = ''): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.pause()
  socket.on('error', () => {})
  socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`)
  return socket
}

async function read(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

test('parallel scrapes share one render', async ({ port, renders }) => {
  const answers = [1, 2, 3, 4].map(() => read(scrape(port)))
  await until(() => renders.length > 0)
  for (let i = 0; i < 50; i++) await turn()
  renders[0]?.finish([Buffer.from('a 1\n'), Buffer.from('b 2\n')])
  for (const answer of await Promise.all(answers)) assert.ok(answer.toString().endsWith('\r\n\r\na 1\nb 2\n'))
  assert.is(renders.length, 1)
})

test('the fifth at once is told to come again, and may when one is done', async ({ port, renders }) => {
  const first = [1, 2, 3, 4].map(() => read(scrape(port)))
  await until(() => renders.length > 0)
  for (let i = 0; i < 50; i++) await turn()
  const fifth = (await read(scrape(port))).toString()
  assert.match(fifth, /^HTTP\/1\.1 503 /)
  assert.match(fifth, /retry-after: 1/i)
  renders[0]?.finish([Buffer.from('a 1\n')])
  await Promise.all(first)
  const later = read(scrape(port))
  await until(() => renders.length > 1)
  renders[1]?.finish([Buffer.from('a 2\n')])
  assert.match((await later).toString(), 'a 2\n')
})

test('an answer is compressed for who takes it', async ({ port, renders }) => {
  const answer = fetch(`http://127.0.0.1:${port}/`, { headers: { 'accept-encoding': 'gzip' } })
  await until(() => renders.length > 0)
  renders[0]?.finish([Buffer.from('a 1\n')])
  const response = await answer
  assert.is(response.headers.get('content-encoding'), 'gzip')
  assert.is(await response.text(), 'a 1\n')
})

test('an answer that is not compressed has its length in bytes', async ({ port, renders }) => {
  const plain = read(scrape(port, 'Accept-Encoding: gzip;q=0\r\n'))
  await until(() => renders.length > 0)
  renders[0]?.finish([Buffer.from('é 1\n')])
  assert.match((await plain).toString(), /content-length: 5/i)
})

test('work stops when the last client has gone', async ({ port, renders }) => {
  const clients = [scrape(port), scrape(port)]
  await until(() => renders.length > 0)
  for (let i = 0; i < 50; i++) await turn()
  clients[0]?.destroy()
  for (let i = 0; i < 50; i++) await turn()
  assert.ok(renders[0]?.isWanted())
  clients[1]?.destroy()
  await until(() => renders[0]?.isWanted() === false)
})

test('a reader that does not read holds no more than its buffer, and its place until the deadline', async ({
  port,
  renders,
  clock,
  server,
}) => {
  const pieces = Array.from({ length: 2_000 }, () => Buffer.alloc(16_384, 'x'))
  let written = 0
  server.on('connection', (socket) => {
    const write = socket._write.bind(socket)
    socket._write = (chunk, encoding, callback) => {
      written += Buffer.byteLength(chunk)
      write(chunk, encoding, callback)
    }
  })
  const slow = scrape(port)
  await until(() => renders.length > 0)
  renders[0]?.finish(pieces)
  for (let i = 0; i < 500; i++) await turn()
  assert.ok(slow.bytesRead < 16_000_000)
  assert.ok(written < 16_000_000, `${written} bytes were pushed`)
  assert.is(clock.pending > 0, true)
  const closed = new Promise((resolve) => slow.on('close', resolve))
  clock.advance(30_000)
  slow.resume()
  await closed
  assert.ok(slow.bytesRead < 32_000_000)
  assert.is(clock.pending, 0)
})

test('a render that fails is a constant 500', async ({ port, renders }) => {
  const answer = read(scrape(port))
  await until(() => renders.length > 0)
  renders[0]?.fail()
  const text = (await answer).toString()
  assert.match(text, /^HTTP\/1\.1 500 /)
  assert.not.match(text, 'hunter2')
})

test('close cuts what is under way and leaves no timer', async ({ port, renders, clock, scraper }) => {
  const answer = read(scrape(port))
  await until(() => renders.length > 0)
  assert.is(clock.pending, 1)
  scraper.close()
  assert.is((await answer).length, 0)
  assert.is(clock.pending, 0)
  assert.match((await read(scrape(port))).toString(), /^HTTP\/1\.1 503 /)
})

test.run()
