import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from 'sonde'
import { manualClock } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { createStream } from '../../../../handlers/statsd/send/stream.ts'
import { freePort } from '../../../harness/daemon.ts'
import { suite } from '../../../harness/suite.ts'
import { receiveStream } from '../receiver.ts'

const test = suite('handlers/statsd/send/stream')
const host = '127.0.0.1'

test('packets of one connection arrive one behind the other', async () => {
  const receiver = await receiveStream()
  const stream = createStream({ host, port: receiver.port }, systemClock)
  assert.is((await stream.open()).outcome, 'delivered')
  assert.is((await stream.send(Buffer.from('a:1|c\n'))).outcome, 'delivered')
  assert.is((await stream.open()).outcome, 'delivered')
  await stream.send(Buffer.from('b:1|c\n'))
  await receiver.until((text) => text === 'a:1|c\nb:1|c\n')
  assert.is(receiver.packets.length, 1)
  stream.close()
  await receiver.close()
})

test('a Unix stream socket is a receiver like any other', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-statsd-'))
  const path = join(directory, 'statsd.sock')
  const receiver = await receiveStream(path)
  const stream = createStream({ path }, systemClock)
  await stream.open()
  await stream.send(Buffer.from('a:1|c\n'))
  await receiver.until((text) => text === 'a:1|c\n')
  stream.close()
  await receiver.close()
  rmSync(directory, { recursive: true })
})

test('a receiver that refuses is tried again later; no address is told', async () => {
  const stream = createStream({ host, port: await freePort() }, systemClock)
  assert.equal(await stream.open(), { outcome: 'retry', reason: 'not connected: ECONNREFUSED' })
  assert.is((await stream.send(Buffer.from('x'))).outcome, 'retry')
  stream.close()
})

test('S6: after the receiver has gone and come back, the next connection begins with a whole packet', async () => {
  const first = await receiveStream()
  const stream = createStream({ host, port: first.port }, systemClock)
  await stream.open()
  await stream.send(Buffer.from('a:1|c\n'))
  await first.until((text) => text !== '')
  await first.close()
  const packet = Buffer.from('b:1|c\n')
  // What the system has taken before it heard of the end is gone; the sender learns of it with the next packet.
  while ((await stream.send(packet)).outcome !== 'retry') await new Promise((resolve) => setTimeout(resolve, 5))
  const second = await receiveStream(first.port)
  assert.is((await stream.open()).outcome, 'delivered')
  await stream.send(packet)
  await second.until((text) => text === 'b:1|c\n')
  stream.close()
  await second.close()
})

test('a receiver that does not read is left after five seconds', async () => {
  const clock = manualClock()
  const connections: Socket[] = []
  const server = createServer((connection) => {
    connection.pause()
    connection.on('error', () => {})
    connections.push(connection)
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const address = server.address()
  const stream = createStream({ host, port: typeof address === 'object' ? (address?.port ?? 0) : 0 }, clock)
  await stream.open()
  const stuck = stream.send(Buffer.alloc(64 * 1_048_576))
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.is(clock.pending, 1)
  clock.advance(5_000)
  assert.is((await stuck).outcome, 'retry')
  stream.close()
  assert.is(clock.pending, 0)
  server.close()
  for (const connection of connections) connection.destroy()
})

test('S7: closing ends what is under way, leaves no timer, and may be repeated', async () => {
  const clock = manualClock()
  const receiver = await receiveStream()
  const stream = createStream({ host, port: receiver.port }, clock)
  const opening = stream.open()
  stream.close()
  assert.is(clock.pending, 0)
  assert.is((await opening).outcome, 'permanent')
  stream.close()
  assert.is((await stream.open()).outcome, 'permanent')
  assert.is((await stream.send(Buffer.from('x'))).outcome, 'permanent')
  await receiver.close()
})

test.run()
