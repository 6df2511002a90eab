import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import * as assert from 'uvu/assert'
import { readSecrets, sign, webhookId } from '../../../handlers/webhook/signature.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/webhook/signature')
const secretOf = (bytes: number) => `whsec_${randomBytes(bytes).toString('base64')}`

test('what is signed is verified by the library of Standard Webhooks, to the byte', () => {
  for (const body of ['{}', 'plain', '{"text":"ünïcödé 😀\\n"}', '']) {
    const secret = secretOf(32)
    const timestamp = Math.floor(Date.now() / 1_000)
    const headers = sign(readSecrets(secret), { id: 'msg_1', timestamp, body })
    const verify = (text: string) => new Webhook(secret).verify(text, headers)
    if (body.startsWith('{')) assert.equal(verify(body), JSON.parse(body))
    assert.throws(() => verify(`${body} `))
    assert.is(headers['webhook-signature'], new Webhook(secret).sign('msg_1', new Date(timestamp * 1_000), body))
  }
})

test('the vector of the specification', () => {
  const headers = sign(readSecrets('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1_614_265_330,
    body: '{"test": 2432232314}',
  })
  assert.is(headers['webhook-signature'], 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

test('while secrets are rotated each has a signature, and without one there is none', () => {
  const secrets = [secretOf(24), secretOf(64)]
  const message = { id: 'm', timestamp: Math.floor(Date.now() / 1_000), body: '{}' }
  const headers = sign(readSecrets(secrets), message)
  assert.is(headers['webhook-signature']?.split(' ').length, 2)
  for (const secret of secrets) new Webhook(secret).verify('{}', headers)
  assert.equal(Object.keys(sign([], message)), ['webhook-id', 'webhook-timestamp'])
})

test('what is no secret is refused, and not quoted', () => {
  const good = secretOf(32)
  const wrong = [
    '',
    'canary',
    'whsec_',
    'whsec_canary!',
    secretOf(23),
    secretOf(65),
    good.slice(6),
    `${good}\n`,
    5,
    null,
    [],
    [good, 'canary'],
  ]
  for (const secret of wrong) {
    assert.throws(
      () => readSecrets(secret),
      (error: Error) => /'secret' must be 'whsec_'/.test(error.message) && !error.message.includes('canary'),
    )
  }
})

test('an id that cannot be a header, or has a dot, is its hash', () => {
  assert.is(webhookId('8d1f-4:2_x'), '8d1f-4:2_x')
  for (const id of ['a.b', 'a b', 'a\r\nx: y', '', 'ü', 'x'.repeat(257)]) assert.match(webhookId(id), /^[\da-f]{32}$/)
  assert.is(webhookId('a.b'), webhookId('a.b'))
})

test.run()
