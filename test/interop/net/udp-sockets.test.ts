import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import * as assert from 'uvu/assert'
import { namesOf } from '../../core/recorder.ts'
import { suite } from '../../harness/suite.ts'
import { instrumentedNet } from './listen.ts'

const test = suite('interop/net/udp-sockets')
const UDP = 'net.udp.socket.*'

test('a socket is one start and, when it is closed, one stop', async () => {
  using net = instrumentedNet(UDP)
  const [four, six] = [createSocket('udp4'), createSocket('udp6')]
  assert.equal(
    net.events.map(({ measurements, metadata }) => [measurements['active'], metadata['family']]),
    [
      [1, 'ipv4'],
      [2, 'ipv6'],
    ],
  )
  await Promise.all([once(four.close(), 'close'), once(six.close(), 'close')])
  assert.equal(namesOf(net.events.slice(2)), ['net.udp.socket.stop', 'net.udp.socket.stop'])
  assert.is(net.events.at(-1)?.measurements['active'], 0)
})

test('one that has had an error ends in an exception with its code', async () => {
  using net = instrumentedNet(UDP)
  const socket = createSocket('udp4').on('error', () => {})
  socket.bind(0, '203.0.113.1')
  await once(socket, 'error').catch(() => {})
  await once(socket.close(), 'close')
  assert.is(net.events[1]?.event, 'net.udp.socket.exception')
  assert.is(net.events[1]?.metadata['error_type'], 'EADDRNOTAVAIL')
})

test.run()
