import { createServer } from 'node:net'
import * as assert from 'uvu/assert'
import { namesOf } from '../../core/recorder.ts'
import { suite } from '../../harness/suite.ts'
import { until } from '../loopback.ts'
import { closed, instrumentedNet, listen } from './listen.ts'

const test = suite('interop/net/listening')
const LISTEN = 'net.server.listen.*'

test('a server that listens is a start, and a stop with its port', async () => {
  using net = instrumentedNet(LISTEN)
  await using server = await listen(() => {})
  assert.equal(namesOf(net.events), ['net.server.listen.start', 'net.server.listen.stop'])
  assert.is(net.events[1]?.metadata['port'], server.port)
})

test('a port that is taken is an exception, and listening again is another call', async () => {
  using net = instrumentedNet(LISTEN)
  await using taken = await listen(() => {})
  const server = createServer()
  await new Promise((resolve) => server.on('error', resolve).listen(taken.port, '127.0.0.1'))
  assert.equal(namesOf(net.events.slice(2)), ['net.server.listen.start', 'net.server.listen.exception'])
  assert.is(net.events[3]?.metadata['error_type'], 'EADDRINUSE')

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.close()
  assert.equal(namesOf(net.events.slice(4)), ['net.server.listen.start', 'net.server.listen.stop'])
  assert.is(net.bus.stats().openSpans, 0)
})

test('a host name that is not found is an exception', async () => {
  using net = instrumentedNet(LISTEN)
  const server = createServer().on('error', () => {})
  server.listen({ port: 0, host: '300.0.0.1.invalid' })
  await until(() => net.events.length === 2)
  assert.is(net.events[1]?.event, 'net.server.listen.exception')
})

test('a server that is closed before it listens has the outcome aborted', async () => {
  using net = instrumentedNet(LISTEN)
  const server = createServer()
  server.listen(0, '127.0.0.1')
  server.close()
  await closed(server)
  assert.is(net.events[1]?.metadata['outcome'], 'aborted')
  assert.equal([server.listenerCount('listening'), server.listenerCount('close')], [0, 0])
})

test.run()
