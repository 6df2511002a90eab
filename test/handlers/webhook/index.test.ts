import { Webhook } from 'standardwebhooks'
import * as assert from 'uvu/assert'
import { attachWebhook } from '../../../handlers/webhook/index.ts'
import { createBus } from '../../../src/core/bus.ts'
import { testHandler } from '../../../src/testing/test-handler.ts'
import { httpReceiver, readBody } from '../../delivery/receiver.ts'
import { suite } from '../../harness/suite.ts'
import { tell } from '../../notify/tell.ts'

const test = suite('handlers/webhook')
const secrets = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`)

async function receive(options: Partial<Parameters<typeof attachWebhook>[1]>) {
  const got: { body: string; headers: Record<string, string> }[] = []
  const receiver = await httpReceiver(async (request, response) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]))
    got.push({ body: String(await readBody(request)), headers })
    response.end()
  })
  const bus = createBus()
  const webhook = attachWebhook(bus, { url: receiver.url, ...options })
  tell(bus, { notification_id: 'n.1', tags: { route: '/a' }, rule: 'slow' })
  await webhook.flush()
  webhook.detach()
  await receiver.close()
  return { got, webhook }
}

test('by default the body is that of Alertmanager, version 4', async () => {
  const { got } = await receive({ receiver: 'ops', metadata: { application: 'shop' } })
  const body = JSON.parse(got[0]?.body ?? '')
  assert.equal(
    Object.keys(body),
    'version groupKey truncatedAlerts status receiver groupLabels commonLabels commonAnnotations externalURL alerts'.split(
      ' ',
    ),
  )
  assert.equal([body.version, body.receiver, body.status, body.truncatedAlerts], ['4', 'ops', 'firing', 0])
  const [alert] = body.alerts
  assert.equal(alert.labels, {
    application: 'shop',
    route: '/a',
    alertname: 'slow',
    kind: 'threshold',
    severity: 'high',
  })
  assert.is(alert.endsAt, '0001-01-01T00:00:00Z')
  assert.is(alert.startsAt, '2023-11-14T22:13:20.000Z')
})

test('each secret of a rotation verifies what came, and no other does', async () => {
  const { got } = await receive({ secret: secrets })
  const { body, headers } = got[0] ?? { body: '', headers: {} }
  for (const secret of secrets) new Webhook(secret).verify(body, headers)
  assert.throws(() => new Webhook(Buffer.alloc(32, 3)).verify(body, headers))
  assert.throws(() => new Webhook(secrets[0] ?? '').verify(`${body} `, headers))
  assert.not.match(headers['webhook-id'] ?? '', /\./)
})

test('a template that throws or gives nothing is refused for good, and asked once', async () => {
  const fail = () => {
    throw new Error('canary')
  }
  for (const template of [fail, () => undefined, () => 1n, async () => fail()]) {
    const { got, webhook } = await receive({ template })
    assert.equal([got.length, webhook.ledger.snapshot().dropped.permanent], [0, 1])
    assert.not.match(webhook.status().lastFailure?.reason ?? '', 'canary')
  }
  assert.is((await receive({ template: ({ id }) => `as it is ${id}` })).got[0]?.body, 'as it is n.1')
})

test('behaves as a handler must', () =>
  testHandler(attachWebhook, {
    // What cannot be delivered is given up within what the test waits for.
    options: { url: 'http://127.0.0.1:1/canary-path', secret: secrets, maxAgeMs: 60_000 },
    invalid: [
      {},
      { url: 'ftp://canary-path' },
      { url: 'http://h/', secret: 'whsec_canary-secret' },
      { url: 'http://h/', secret: [] },
      { url: 'http://h/', headers: { x: 'canary-header\n' } },
      { url: 'http://h/', template: 1 },
      { url: 'http://h/', metadata: { host: 1 } },
    ],
    secrets: ['canary-path', 'canary-secret', 'canary-header', ...secrets],
  }))

test.run()
