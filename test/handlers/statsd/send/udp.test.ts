import * as assert from 'uvu/assert'
import { createUdp } from '../../../../handlers/statsd/send/udp.ts'
import { freePort } from '../../../harness/daemon.ts'
import { suite } from '../../../harness/suite.ts'
import { receiveUdp } from '../receiver.ts'

const test = suite('handlers/statsd/send/udp')
const local = async () => ({ address: '127.0.0.1', family: 4 })

test('a packet arrives as one datagram', async () => {
  const receiver = await receiveUdp()
  const udp = createUdp(receiver.port, local)
  assert.is((await udp.open()).outcome, 'delivered')
  assert.is((await udp.send(Buffer.from('a:1|c\nb:2|c\n'))).outcome, 'delivered')
  await receiver.until((text) => text === 'a:1|c\nb:2|c\n')
  assert.is(receiver.packets.length, 1)
  udp.close()
  await receiver.close()
})

test('S6: a receiver that is not there is no error, and one that comes gets what is sent then', async () => {
  const port = await freePort()
  const udp = createUdp(port, local)
  await udp.open()
  for (let i = 0; i < 10; i++) assert.is((await udp.send(Buffer.from('lost:1|c\n'))).outcome, 'delivered')
  const receiver = await receiveUdp(port)
  await udp.open()
  await udp.send(Buffer.from('found:1|c\n'))
  await receiver.until((text) => text === 'found:1|c\n')
  udp.close()
  await receiver.close()
})

test('a name that does not resolve is tried again later; no address is told', async () => {
  const missing = Object.assign(new Error('getaddrinfo ENOTFOUND secret.test'), { code: 'ENOTFOUND' })
  const udp = createUdp(1, () => Promise.reject(missing))
  assert.equal(await udp.open(), { outcome: 'retry', reason: 'the host name was not resolved: ENOTFOUND' })
  udp.close()
})

test('S4: a packet that no datagram can hold is permanent and throws nothing', async () => {
  const udp = createUdp(9, local)
  await udp.open()
  assert.is((await udp.send(Buffer.alloc(70_000))).outcome, 'permanent')
  assert.is((await udp.send(Buffer.from('x'))).outcome, 'delivered')
  udp.close()
})

test('an address of the other family gets a socket of its own', async () => {
  const answers = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]
  const udp = createUdp(9, async () => answers.shift() ?? assert.unreachable() ?? local())
  await udp.open()
  assert.is((await udp.send(Buffer.from('x'))).outcome, 'delivered')
  await udp.open()
  assert.not.match((await udp.send(Buffer.from('x'))).reason, 'EINVAL')
  udp.close()
})

test('S7: closed twice, opened and sent after that: nothing throws and nothing is sent', async () => {
  const udp = createUdp(9, local)
  await udp.open()
  udp.close()
  udp.close()
  assert.is((await udp.open()).outcome, 'permanent')
  assert.is((await udp.send(Buffer.from('x'))).outcome, 'permanent')
  const never = createUdp(9, local)
  const opening = never.open()
  never.close()
  assert.is((await opening).outcome, 'permanent')
})

test.run()
