import * as assert from 'uvu/assert'
import { checkWebhookOptions, type WebhookOptions } from '../../../handlers/webhook/options.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/webhook/options')
const url = 'https://canary.example/hook'

test('what is wrong is named, and nothing of it is quoted', () => {
  const rows: readonly (readonly [options: object, problem: RegExp])[] = [
    [{}, /url/],
    [{ url: 'canary' }, /url/],
    [{ url, headers: null }, /'headers' must be an object/],
    [{ url, headers: { 'x-key': 'canary\r\nb: c' } }, /header/],
    [{ url, template: 'canary' }, /'template' must be a function/],
    [{ url, externalUrl: 5 }, /'externalUrl' must be a string/],
    [{ url, receiver: 5 }, /'receiver' must be a string/],
    [{ url, metadata: null }, /'metadata' must be an object/],
    [{ url, metadata: { host: 5 } }, /'metadata' must have a string for host/],
    [{ url, secret: 'canary' }, /'secret' must be/],
    [{ url: 'http://127.0.0.1/', blockPrivate: true }, /private/],
  ]
  for (const [options, problem] of rows) {
    assert.throws(
      // The cast: what is wrong with them may be their type.
      () => checkWebhookOptions(options as WebhookOptions),
      (error: Error) => problem.test(error.message) && !error.message.includes('canary'),
    )
  }
})

test('labels of the sender are those that are given', () => {
  assert.equal(checkWebhookOptions({ url }).sender, { receiver: 'webhook', externalUrl: '', labels: {} })
  const { sender } = checkWebhookOptions({
    url,
    metadata: { application: 'shop', host: 'h' },
    receiver: 'r',
    externalUrl: 'e',
  })
  assert.equal(sender, { receiver: 'r', externalUrl: 'e', labels: { application: 'shop', host: 'h' } })
})

test.run()
