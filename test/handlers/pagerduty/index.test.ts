import * as assert from 'uvu/assert'
import { attachPagerDuty } from '../../../handlers/pagerduty/index.ts'
import { createBus } from '../../../src/core/bus.ts'
import { testHandler } from '../../../src/testing/test-handler.ts'
import { httpReceiver, readBody } from '../../delivery/receiver.ts'
import { suite } from '../../harness/suite.ts'
import { tell } from '../../notify/tell.ts'

const test = suite('handlers/pagerduty')
const routingKey = 'canary0123456789canary0123456789'

test('each alert is an event of its own: trigger, acknowledge, resolve, with one key', async () => {
  const got: Record<string, unknown>[] = []
  const receiver = await httpReceiver(async (request, response) => {
    got.push(JSON.parse(String(await readBody(request))))
    response.writeHead(202).end()
  })
  const bus = createBus()
  const pagerduty = attachPagerDuty(bus, { routingKey, url: receiver.url, source: 'host' })
  tell(bus, { rule: 'a', notification_id: 'n', severity: 'low', message: '😀'.repeat(2_000) })
  tell(bus, { rule: 'b', notification_id: 'n', group: 'g', severity: 'critical' })
  bus.execute('telemetry.alert.acknowledged' as string, {}, { alert_id: 'id-a', rule: 'a' })
  tell(bus, { rule: 'a' }, {}, 'telemetry.alert.resolved')
  await pagerduty.flush()
  pagerduty.detach()
  await receiver.close()
  const ofA = got.filter(({ dedup_key }) => dedup_key === 'id-a')
  assert.equal(
    ofA.map(({ event_action }) => event_action),
    ['trigger', 'acknowledge', 'resolve'],
  )
  assert.ok(got.every(({ routing_key }) => routing_key === routingKey))
  const [{ payload } = {}] = got.filter(({ dedup_key }) => dedup_key === 'id-b')
  assert.match(
    JSON.stringify(payload),
    '"severity":"critical","timestamp":"2023-11-14T22:13:20.000Z","class":"threshold"',
  )
  const summary: string = JSON.parse(JSON.stringify(ofA[0]?.payload)).summary
  assert.ok(Array.from(summary).length <= 1_024)
  assert.is(Buffer.from(summary).toString(), summary)
})

test('behaves as a handler must', () =>
  testHandler(attachPagerDuty, {
    options: { routingKey, url: 'http://127.0.0.1:1/', maxAgeMs: 60_000 },
    invalid: [{}, { routingKey: 'canary' }, { routingKey, url: 'canary:x' }, { routingKey, source: '' }],
    secrets: [routingKey, 'canary'],
  }))

test.run()
