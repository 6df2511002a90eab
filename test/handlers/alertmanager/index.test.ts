import { createBus, TelemetryError } from 'sonde'
import { attachAlertmanager } from 'sonde/handlers/alertmanager'
import { captureEvents, manualClock, testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { httpReceiver, readBody } from '../../delivery/receiver.ts'
import { suite } from '../../harness/suite.ts'
import { anAlert } from './an-alert.ts'

const test = suite('handlers/alertmanager', { limitMs: 60_000 })

test('behaves as a handler must', async () => {
  const receiver = await httpReceiver((request, response) => {
    request.resume()
    response.end()
  })
  const urls = [`http://127.0.0.1:${receiver.port}`, `http://127.0.0.1:${receiver.port}/second`]
  const token = 'canary-token'
  const secret = `http://canary-user:canary-pass@127.0.0.1:${receiver.port}`
  await testHandler(attachAlertmanager, {
    options: () => ({ urls, token }),
    secrets: [token, 'canary-user', 'canary-pass'],
    invalid: [
      {},
      { urls: [] },
      { urls: 'ftp://canary-user:canary-pass@host' },
      { urls: [secret, secret] },
      { urls, labels: { 'a-b': '1' } },
      { urls, annotations: { a: 1 } },
      { urls, resendMs: 10 },
      { urls, generatorUrl: 'javascript:alert(1)' },
      { urls, token: '' },
      { urls, alerts: {} },
      { urls, match: [] },
      { urls, directory: '/dev/null/here' },
    ],
  })
  await receiver.close()
})

test('a second one of the same id leaves nothing behind', () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  const urls = ['http://127.0.0.1:1/a', 'http://127.0.0.1:1/b']
  bus.attach('alertmanager-2', 'taken.name', () => {})
  assert.throws(
    () => attachAlertmanager(bus, { urls }),
    (error: unknown) => error instanceof TelemetryError && error.code === 'handler_exists',
  )
  assert.equal(
    bus.listHandlers().map(({ id }) => id),
    ['alertmanager-2'],
  )
  assert.is(clock.pending, 0)
})

test('what fires is sent again, but for what nobody has been told of', async () => {
  const batches: string[][] = []
  const receiver = await httpReceiver(async (request, response) => {
    const alerts: { labels: { alertname: string } }[] = JSON.parse(String(await readBody(request)))
    batches.push(alerts.map(({ labels }) => labels.alertname))
    response.end()
  })
  const clock = manualClock(1_700_000_000_000)
  const bus = createBus({ clock })
  const { events: exports } = captureEvents(bus, ['telemetry.sink.export.stop'])
  const active = () => [
    { ...anAlert({ id: 'a', rule: 'told' }), announced: true },
    { ...anAlert({ id: 'b', rule: 'not_told' }), announced: false },
    anAlert({ id: 'c', rule: 'of_somebody_else' }),
  ]
  const { detach } = attachAlertmanager(bus, {
    urls: [`http://127.0.0.1:${receiver.port}`],
    alerts: { active },
    resendMs: 60_000,
  })
  for (let round = 1; round <= 2; round++) {
    clock.advance(round === 1 ? 1 : 60_000)
    while (exports.length < round) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  assert.equal(batches, [
    ['told', 'of_somebody_else'],
    ['told', 'of_somebody_else'],
  ])
  detach()
  await receiver.close()
})

test.run()
