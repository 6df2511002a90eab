import * as assert from 'uvu/assert'
import { attachPagerDuty } from '../../handlers/pagerduty/index.ts'
import { attachSlack } from '../../handlers/slack/index.ts'
import { attachWebhook } from '../../handlers/webhook/index.ts'
import { createBus } from '../../src/core/bus.ts'
import { httpReceiver, readBody, socketReceiver } from '../delivery/receiver.ts'
import { fastClock } from '../harness/fast-clock.ts'
import { suite } from '../harness/suite.ts'
import { tell } from './tell.ts'

const test = suite('notify/destinations', { limitMs: 30_000 })

test('one that is dead starves no other: refused, swallowed and broken beside one that is well', async () => {
  const hole = await socketReceiver((socket) => void socket.resume())
  const broken = await httpReceiver((request, response) => {
    request.resume()
    response.writeHead(500).end()
  })
  const arrived: number[] = []
  const well = await httpReceiver(async (request, response) => {
    const { alerts } = JSON.parse(String(await readBody(request)))
    arrived.push(alerts.length)
    response.end()
  })
  const bus = createBus({ clock: fastClock(10) })
  const sinks = [
    attachSlack(bus, { url: 'http://127.0.0.1:1/' }),
    attachPagerDuty(bus, { routingKey: '0'.repeat(32), url: `http://127.0.0.1:${hole.port}/` }),
    attachWebhook(bus, { url: broken.url, id: 'broken' }),
  ]
  const healthy = attachWebhook(bus, { url: well.url })
  const begun = performance.now()
  for (let i = 0; i < 200; i++) tell(bus, { rule: `r${i}` })
  await healthy.flush()
  assert.is(arrived.length, 200)
  assert.ok(performance.now() - begun < 5_000)
  for (const sink of sinks) {
    assert.is(sink.ledger.snapshot().delivered, 0)
    sink.detach()
    sink.ledger.assertConserved()
  }
  healthy.detach()
  await Promise.all([hole.close(), broken.close(), well.close()])
})

test('a group that is refused again and again holds up no other, and ends as a dead letter of its age', async () => {
  const arrived: string[] = []
  const receiver = await httpReceiver(async (request, response) => {
    const { groupKey } = JSON.parse(String(await readBody(request)))
    if (groupKey === 'poison') return void response.writeHead(500).end()
    arrived.push(groupKey)
    response.end()
  })
  const bus = createBus({ clock: fastClock() })
  const webhook = attachWebhook(bus, { url: receiver.url, maxAgeMs: 120_000 })
  tell(bus, { group: 'poison' })
  for (let i = 0; i < 300; i++) tell(bus, { rule: `r${i}`, group: `g${i}` })
  await webhook.flush()
  const { delivered, dropped } = webhook.ledger.snapshot()
  assert.equal([arrived.length, delivered, dropped.expired], [300, 300, 1])
  webhook.ledger.assertConserved()
  webhook.detach()
  await receiver.close()
})

test('after an outage a group is told of in the order in which it happened', async () => {
  const arrived: string[] = []
  let isUp = false
  const receiver = await httpReceiver(async (request, response) => {
    const { alerts } = JSON.parse(String(await readBody(request)))
    if (!isUp) return void response.destroy()
    arrived.push(...alerts.map(({ status }: { status: string }) => status))
    response.end()
  })
  const bus = createBus({ clock: fastClock() })
  const webhook = attachWebhook(bus, { url: receiver.url })
  for (const event of ['firing', 'resolved', 'firing', 'resolved'] as const)
    tell(bus, { group: 'g' }, {}, `telemetry.alert.${event}`)
  await new Promise((resolve) => setTimeout(resolve, 100))
  isUp = true
  await webhook.flush()
  assert.equal(arrived, ['firing', 'resolved', 'firing', 'resolved'])
  webhook.detach()
  await receiver.close()
})

test.run()
