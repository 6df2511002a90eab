import { createBus } from 'sonde'
import type { DeliveryResult } from 'sonde/delivery'
import { captureEvents, manualClock } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { createShipper } from '../../../../handlers/statsd/send/shipper.ts'
import { closed, delivered, type Transport } from '../../../../handlers/statsd/send/transport.ts'
import { suite } from '../../../harness/suite.ts'

const test = suite('handlers/statsd/send/shipper')
const retry: DeliveryResult = { outcome: 'retry', reason: 'not connected: ECONNREFUSED' }

/** A transport that answers what `answer` says, and keeps what it delivered. */
function bench({ maxPackets = 100 }: { maxPackets?: number } = {}) {
  const clock = manualClock(1_700_000_000_000)
  const bus = createBus({ clock })
  const sent: string[] = []
  const control = { open: delivered, send: (_packet: string): DeliveryResult => delivered }
  const transport: Transport = {
    open: async () => control.open,
    send: async (packet) => {
      const text = Buffer.from(packet).toString()
      const result = control.send(text)
      if (result.outcome === 'delivered') sent.push(text)
      return result
    },
    close() {
      control.open = closed
      control.send = () => closed
    },
  }
  const shipper = createShipper(bus, { transport, maxPacketBytes: 512, maxPackets })
  const addPackets = (...names: string[]) => {
    for (const name of names) {
      shipper.add(`${name}:1|c\n`, name.length + 5, 1)
      shipper.seal()
    }
  }
  return { clock, bus, shipper, sent, control, addPackets, events: captureEvents(bus, 'telemetry.sink.**') }
}

test('what cannot be sent now is kept, and the same packets go first next time', async () => {
  const { shipper, sent, control, addPackets } = bench()
  addPackets('a', 'b', 'c')
  control.send = (packet) => (packet.startsWith('b') ? retry : delivered)
  assert.not(await shipper.ship())
  assert.equal(sent, ['a:1|c\n'])
  assert.is(shipper.ledger.snapshot().in_flight, 2)
  shipper.ledger.assertConserved()
  control.send = () => delivered
  assert.ok(await shipper.ship())
  assert.equal(sent, ['a:1|c\n', 'b:1|c\n', 'c:1|c\n'])
  shipper.ledger.assertConserved()
})

test('an attempt is an export event with lines and bytes; one that fails tells why and degrades the status', async () => {
  const { shipper, control, addPackets, events } = bench()
  addPackets('a', 'b')
  control.open = retry
  await shipper.ship()
  assert.is(shipper.status().state, 'degraded')
  assert.is(shipper.status().lastFailure?.reason, 'not connected: ECONNREFUSED')
  control.open = delivered
  await shipper.ship()
  assert.is(shipper.status().state, 'ok')
  const names = events.events.map(({ event }) => event.split('.').at(-1))
  assert.equal(names, ['start', 'exception', 'start', 'stop'])
  const [, failed, , stopped] = events.events
  assert.is(failed?.metadata['reason'], 'not connected: ECONNREFUSED')
  assert.is(stopped?.measurements['bytes'], 12)
  assert.is(events.events[2]?.measurements['points'], 2)
})

test('nothing to send is no attempt', async () => {
  const { shipper, events } = bench()
  assert.ok(await shipper.ship())
  assert.is(events.events.length, 0)
})

test('after failures it is due later and later, ten seconds at most, and at once after a success', async () => {
  const { clock, shipper, control } = bench()
  control.open = retry
  for (let failures = 0; failures < 20; failures++) {
    await shipper.ship()
    clock.advance(10_000)
    assert.ok(shipper.isDue())
  }
  control.open = delivered
  await shipper.ship()
  assert.ok(shipper.isDue())
})

test('what can never be sent is dropped and counted, and the rest goes on', async () => {
  const { shipper, sent, control, addPackets, events } = bench()
  addPackets('a', 'b', 'c')
  control.send = (packet) =>
    packet.startsWith('b') ? { outcome: 'permanent', reason: 'a packet is too large: EMSGSIZE' } : delivered
  assert.ok(await shipper.ship())
  assert.equal(sent, ['a:1|c\n', 'c:1|c\n'])
  assert.is(shipper.ledger.snapshot().dropped.permanent, 1)
  const dropped = events.events.find(({ event }) => event === 'telemetry.sink.dropped')
  assert.equal(dropped?.metadata, { sink: 'statsd', reason: 'permanent' })
  shipper.ledger.assertConserved()
})

test('S4: a line that fits no packet and packets beyond the bound are dropped and counted', async () => {
  const { shipper, addPackets } = bench({ maxPackets: 2 })
  shipper.add('x'.repeat(600), 600, 1)
  addPackets('a', 'b', 'c')
  assert.is(shipper.ledger.snapshot().dropped.overflow, 2)
  assert.ok(await shipper.ship())
  assert.is(shipper.ledger.snapshot().delivered, 2)
  shipper.ledger.assertConserved()
})

test('S5: the event loop turns after every twenty datagrams', async () => {
  const { shipper, control, addPackets } = bench()
  addPackets(...Array.from({ length: 60 }, (_, i) => `p${i}`))
  const perTurn: number[] = []
  let inTurn = 0
  control.send = () => {
    inTurn++
    return delivered
  }
  let isDone = false
  const turn = () => {
    perTurn.push(inTurn)
    inTurn = 0
    if (!isDone) setImmediate(turn)
  }
  setImmediate(turn)
  await shipper.ship()
  isDone = true
  await new Promise((resolve) => setImmediate(resolve))
  assert.is(
    perTurn.reduce((sum, count) => sum + count, 0),
    60,
  )
  assert.ok(Math.max(...perTurn) <= 20, String(perTurn))
})

test('S7: closing drops what is left as shutdown, once, and what comes later too', async () => {
  const { shipper, sent, addPackets } = bench()
  addPackets('a', 'b')
  shipper.add('c:1|c\n', 6, 1)
  shipper.close()
  shipper.close()
  assert.not(await shipper.ship())
  addPackets('d')
  assert.equal(sent, [])
  assert.is(shipper.ledger.snapshot().dropped.shutdown, 4)
  shipper.ledger.assertConserved()
})

test('closing in the middle of an attempt counts every line once', async () => {
  const { shipper, control, addPackets } = bench()
  addPackets('a', 'b', 'c')
  control.send = (packet) => {
    if (packet.startsWith('b')) shipper.close()
    return delivered
  }
  assert.not(await shipper.ship())
  const { delivered: done, dropped } = shipper.ledger.snapshot()
  assert.equal([done, dropped.shutdown], [1, 2])
  shipper.ledger.assertConserved()
})

test.run()
