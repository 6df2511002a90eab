import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { createDelivery, type DeliverNotification } from '../../src/notify/delivery.ts'
import { encodeNotification } from '../../src/notify/stored-notification.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { anAlert } from '../handlers/alertmanager/an-alert.ts'
import { suite } from '../harness/suite.ts'

const test = suite('notify/delivery')
const notification = {
  id: 'n',
  group: 'g',
  status: 'firing',
  alerts: [anAlert({ id: 'a' })],
  firing: 1,
  resolved: 0,
  suppressed: 0,
  time: 5,
} as const
const item = { id: 'n', key: 'g', count: 1, body: encodeNotification(notification) }

function setUp(deliver: DeliverNotification) {
  const bus = createBus()
  const { events } = captureEvents(bus, ['telemetry.notification.**'])
  return { delivery: createDelivery(bus, 'test', deliver), events, signal: new AbortController().signal }
}

test('each attempt is a span with its number, and the status says how the last one went', async () => {
  const answers = [
    { outcome: 'retry', reason: 'status 503', status: 503 },
    { outcome: 'delivered', reason: 'ok', status: 200 },
  ] as const
  let asked = 0
  const { delivery, events, signal } = setUp(async () => answers[asked++] ?? answers[1])
  assert.is((await delivery.deliver(item, signal)).outcome, 'retry')
  assert.equal([delivery.status().state, delivery.status().lastFailure?.reason], ['degraded', 'status 503'])
  await delivery.deliver(item, signal)
  assert.is(delivery.status().state, 'ok')
  assert.equal(
    events.map(({ event, measurements, metadata }) => [
      event.slice('telemetry.notification.'.length),
      measurements.attempt,
      metadata.status,
    ]),
    [
      ['start', 1, undefined],
      ['exception', 1, 503],
      ['start', 2, undefined],
      ['stop', 2, 200],
    ],
  )
  assert.equal(events[0]?.metadata.alert_id, 'a')
})

test('after a 410 nothing more is sent, and that is told once', async () => {
  let asked = 0
  const { delivery, events, signal } = setUp(async () => {
    asked++
    return { outcome: 'permanent', reason: 'status 410', status: 410 }
  })
  for (let i = 0; i < 3; i++) assert.is((await delivery.deliver(item, signal)).outcome, 'permanent')
  assert.is(asked, 1)
  assert.ok(delivery.status().disabled)
  assert.is(events.filter(({ event }) => event.endsWith('.disabled')).length, 1)
})

test('a destination that throws, answers nonsense or never is a retry, and quotes nothing', async () => {
  const aborting = new AbortController()
  const rows: readonly (readonly [deliver: unknown, reason: string])[] = [
    [
      async () => {
        throw new Error('https://canary')
      },
      'deliver has thrown',
    ],
    [
      () => {
        throw new Error('https://canary')
      },
      'deliver has thrown',
    ],
    [async () => undefined, 'deliver gave no result'],
    [async () => 'ok', 'deliver gave no result'],
    [() => new Promise(() => {}), 'aborted'],
  ]
  setTimeout(() => aborting.abort(), 20)
  for (const [deliver, reason] of rows) {
    // The cast: what is wrong with it is its type.
    const { delivery } = setUp(deliver as DeliverNotification)
    assert.equal(await delivery.deliver(item, aborting.signal), { outcome: 'retry', reason })
  }
})

test('what cannot be read any more is refused for good', async () => {
  const { delivery, events, signal } = setUp(async () => ({ outcome: 'delivered', reason: 'ok' }))
  assert.equal(await delivery.deliver({ ...item, body: Buffer.from('{}') }, signal), {
    outcome: 'permanent',
    reason: 'unreadable',
  })
  assert.equal(events, [])
})

test.run()
