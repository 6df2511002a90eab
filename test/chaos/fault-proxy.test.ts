import { connect } from 'node:net'
import * as assert from 'uvu/assert'
import { type Receiver, socketReceiver } from '../delivery/receiver.ts'
import { suite } from '../harness/suite.ts'
import { random } from '../metrics/random.ts'
import { drawFault, type Fault, type FaultProxy, startFaultProxy } from './fault-proxy.ts'

const test = suite<{ receiver: Receiver; proxy: FaultProxy; heard: string[] }>('chaos/fault-proxy')
test.before.each(async (context) => {
  context.heard = []
  // Whatever it is told, it answers with ten bytes and ends.
  context.receiver = await socketReceiver((socket) => {
    socket.on('data', (chunk) => {
      context.heard.push(String(chunk))
      socket.end('0123456789')
    })
  })
  context.proxy = await startFaultProxy(context.receiver.port)
})
test.after.each(async ({ proxy, receiver }) => {
  await proxy.close()
  await receiver.close()
})

/** Says `hello` and returns what came back and how it ended, or that it had not after `limitMs`. */
function talk(port: number, limitMs = 5_000): Promise<{ said: string; end: string; ms: number }> {
  const began = performance.now()
  let said = ''
  return new Promise((resolve) => {
    const done = (end: string) => {
      clearTimeout(limit)
      resolve({ said, end, ms: performance.now() - began })
      socket.destroy()
    }
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.write('hello'))
    const limit = setTimeout(() => done('silence'), limitMs)
    socket.on('data', (chunk) => (said += String(chunk)))
    socket.on('error', (error) => done('code' in error ? String(error.code) : 'error'))
    socket.on('end', () => done('FIN'))
  })
}

test('without a fault all passes', async ({ proxy, heard }) => {
  const { said, end } = await talk(proxy.port)
  assert.equal([said, end, heard, proxy.accepted()], ['0123456789', 'FIN', ['hello'], 1])
})

test('each fault does to the answer what its name says', async ({ proxy, heard }) => {
  const faults: readonly (readonly [fault: Fault, said: string, end: string])[] = [
    [{ kind: 'reset', afterBytes: 3 }, '012', 'ECONNRESET'],
    [{ kind: 'end', afterBytes: 3 }, '012', 'FIN'],
    [{ kind: 'stall', afterBytes: 3 }, '012', 'silence'],
    [{ kind: 'end', afterBytes: 99 }, '0123456789', 'FIN'],
    [{ kind: 'flip', every: 4 }, '0122456689', 'FIN'],
    [{ kind: 'half-open' }, '', 'FIN'],
  ]
  for (const [fault, wanted, wantedEnd] of faults) {
    proxy.set(fault)
    const { said, end } = await talk(proxy.port, 200)
    assert.equal([said, end], [wanted, wantedEnd], fault.kind)
  }
  assert.is(heard.length, 5)
  proxy.set({ kind: 'black-hole' })
  assert.is((await talk(proxy.port, 100)).end, 'silence')
  assert.is(heard.length, 5)
})

test('latency, drip and bandwidth take their time, and then all is there', async ({ proxy }) => {
  const faults: readonly (readonly [fault: Fault, atLeastMs: number])[] = [
    [{ kind: 'latency', ms: 40 }, 80],
    [{ kind: 'drip', ms: 10 }, 95],
    [{ kind: 'bandwidth', bytesPerSecond: 100 }, 95],
  ]
  for (const [fault, atLeastMs] of faults) {
    proxy.set(fault)
    const { said, end, ms } = await talk(proxy.port)
    assert.equal([said, end], ['0123456789', 'FIN'], fault.kind)
    assert.ok(ms >= atLeastMs * 0.9, `${fault.kind}: ${ms} ms`)
  }
})

test('a proxy that refuses is not there, and is again on the same port', async ({ proxy }) => {
  proxy.set({ kind: 'black-hole' })
  const open = talk(proxy.port)
  while (proxy.accepted() === 0) await new Promise((resolve) => setImmediate(resolve))
  await proxy.refuse()
  assert.is((await open).end, 'ECONNRESET')
  assert.is((await talk(proxy.port)).end, 'ECONNREFUSED')
  proxy.set({ kind: 'none' })
  await proxy.listen()
  assert.is((await talk(proxy.port)).said, '0123456789')
})

test('a schedule follows from its seed', () => {
  const faults: Fault[] = [{ kind: 'none' }, { kind: 'black-hole' }, { kind: 'half-open' }]
  const draw = (seed: number) => {
    const next = drawFault(faults, random(seed))
    return Array.from({ length: 60 }, () => next().kind)
  }
  assert.equal(draw(1), draw(1))
  assert.not.equal(draw(1), draw(2))
  assert.is(new Set(draw(1)).size, 3)
})

test.run()
