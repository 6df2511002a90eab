import * as assert from 'uvu/assert'
import { attachSlack } from '../../../handlers/slack/index.ts'
import type { SlackOptions } from '../../../handlers/slack/options.ts'
import { createBus } from '../../../src/core/bus.ts'
import { testHandler } from '../../../src/testing/test-handler.ts'
import { fastClock } from '../../harness/fast-clock.ts'
import { suite } from '../../harness/suite.ts'
import { tell } from '../../notify/tell.ts'
import { channel, startStrictSlack, token } from './strict-slack.ts'

const test = suite('handlers/slack', { limitMs: 40_000 })

test('behaves as a handler must, as a webhook and as a bot', async () => {
  const invalid = [{}, { url: 'canary' }, { token }, { url: 'http://127.0.0.1:1/', mention: 'canary' }]
  const secrets = [token, 'canary']
  const hook: SlackOptions = { url: 'http://127.0.0.1:1/canary', maxAgeMs: 60_000 }
  await testHandler(attachSlack, { options: hook, invalid, secrets })
  const bot: SlackOptions = { token, channel, apiUrl: 'http://127.0.0.1:1/api', maxAgeMs: 60_000 }
  await testHandler(attachSlack, { options: bot, invalid, secrets })
})

test('five hundred alerts at once come one a second, none is lost, and Slack has hardly to say no', async () => {
  const clock = fastClock()
  const server = await startStrictSlack({ now: () => clock.monotonicTime() / 1e6 })
  const bus = createBus({ clock })
  const slack = attachSlack(bus, { url: server.hook })
  const begin = clock.monotonicTime()
  for (let i = 0; i < 500; i++) tell(bus, { rule: `r${i}`, group: `g${i}` })
  await slack.flush()
  const seconds = (clock.monotonicTime() - begin) / 1e9
  assert.is(new Set(server.posted.map(({ message }) => message.text)).size, 500)
  assert.is(server.posted.length, 500)
  assert.ok(500 / seconds <= 1.1, `${500 / seconds} a second`)
  assert.ok(server.refusals.length <= 2, `${server.refusals.length} refusals`)
  slack.ledger.assertConserved()
  assert.is(slack.ledger.snapshot().delivered, 500)
  slack.detach()
  await server.close()
})

test('a 429 is waited out for as long as Slack says', async () => {
  const clock = fastClock()
  const server = await startStrictSlack()
  const bus = createBus({ clock })
  const times: number[] = []
  const slack = attachSlack(bus, { url: server.hook })
  server.answers.push((_request, response) => {
    times.push(clock.monotonicTime())
    response.writeHead(429, { 'retry-after': '120' }).end('ratelimited')
  })
  tell(bus)
  await slack.flush()
  assert.is(server.posted.length, 1)
  assert.ok(clock.monotonicTime() - (times[0] ?? 0) >= 120e9)
  slack.detach()
  await server.close()
})

test.run()
