import { attachAlertmanager } from '../../handlers/alertmanager/index.ts'
import { attachPagerDuty } from '../../handlers/pagerduty/index.ts'
import { attachSlack } from '../../handlers/slack/index.ts'
import { attachWebhook } from '../../handlers/webhook/index.ts'
import { suite } from '../harness/suite.ts'
import { leaksNoSecret } from './leaks-no-secret.ts'

const test = suite('notify/secrets', { limitMs: 60_000 })

const key = Buffer.from('canary-key-of-at-least-24-bytes!').toString('base64')
const routingKey = 'canary0123456789canary0123456789'

test('webhook: address, headers, secret and what alerts hide are nowhere', () =>
  leaksNoSecret({
    attach: (bus, { origin, directory }) =>
      attachWebhook(bus, {
        url: origin.replace('//', '//canary-user:canary-pass@').concat('/hooks/canary-path?key=canary-query'),
        headers: { 'x-api-key': 'canary-header' },
        secret: `whsec_${key}`,
        directory,
        timeoutMs: 500,
      }),
    booksOf: (sink) => [sink],
    secrets: ['canary-user', 'canary-pass', 'canary-path', 'canary-query', 'canary-header', 'canary-key', key],
    take: (response) => response.end(),
  }))

test('slack by webhook: the address and what alerts hide are nowhere', () =>
  leaksNoSecret({
    attach: (bus, { origin, directory }) =>
      attachSlack(bus, { url: `${origin}/services/T0/B0/canary-path`, directory }),
    booksOf: (sink) => [sink],
    secrets: ['canary-path'],
    take: (response) => response.end('ok'),
  }))

test('slack as a bot: the token and what alerts hide are nowhere', () =>
  leaksNoSecret({
    attach: (bus, { origin, directory }) =>
      attachSlack(bus, {
        token: 'xoxb-canary-token',
        channel: 'C024BE91L',
        apiUrl: `${origin}/canary-path`,
        directory,
      }),
    booksOf: (sink) => [sink],
    secrets: ['canary-token', 'canary-path'],
    take: (response) => response.end('{"ok":true,"ts":"1.2","channel":"C024BE91L"}'),
  }))

test('pagerduty: the routing key and what alerts hide are nowhere', () =>
  leaksNoSecret({
    attach: (bus, { origin, directory }) =>
      attachPagerDuty(bus, { routingKey, url: `${origin}/canary-path`, directory }),
    booksOf: (sink) => [sink],
    secrets: [routingKey, 'canary-path'],
    take: (response) => response.writeHead(202).end(),
  }))

test('alertmanager: address, token and what alerts hide are nowhere', () =>
  leaksNoSecret({
    attach: (bus, { origin, directory }) =>
      attachAlertmanager(bus, { urls: [`${origin}/canary-path`], token: 'canary-token', directory }),
    booksOf: (sink) => sink.destinations,
    secrets: ['canary-token', 'canary-path'],
    take: (response) => response.end(),
  }))

test.run()
