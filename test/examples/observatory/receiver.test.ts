import { Webhook } from 'standardwebhooks'
import * as assert from 'uvu/assert'
import { startReceiver } from '../../../examples/observatory/receiver.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('examples/observatory/receiver')

const body = JSON.stringify({
  status: 'firing',
  alerts: [
    { status: 'firing', annotations: { summary: 'too slow', suppressed: '19' } },
    { status: 'resolved', annotations: { summary: 'was too slow', suppressed: '0' } },
  ],
})

test('a signed message is shown once, however often it comes, and one that is not signed never', async () => {
  const { webhook, delivered, close } = await startReceiver()
  try {
    const time = new Date()
    const signature = new Webhook(webhook.secret).sign('msg_1', time, body)
    const send = async (headers: Readonly<Record<string, string>>) =>
      (await fetch(webhook.url, { method: 'POST', body, headers })).status
    const signed = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(time.getTime() / 1_000)) }

    assert.is(await send({}), 401)
    assert.is(await send({ ...signed, 'webhook-signature': signature.replace(/.$/, '!') }), 401)
    assert.is(await send({ ...signed, 'webhook-id': 'msg_2', 'webhook-signature': signature }), 401)
    assert.equal(delivered(), [])
    assert.is(await send({ ...signed, 'webhook-signature': signature }), 204)
    assert.is(await send({ ...signed, 'webhook-signature': signature }), 204)
    assert.equal(
      delivered().map(({ to, status, lines }) => ({ to, status, lines })),
      [
        {
          to: 'webhook',
          status: 'firing',
          lines: ['too slow (19 times more since the last message)', 'resolved: was too slow'],
        },
      ],
    )
  } finally {
    await close()
  }
})

test.run()
