import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { type Look, writeMessage } from '../../../handlers/slack/message.ts'
import type { Alert, Notification } from '../../../src/notify/alert.ts'
import { suite } from '../../harness/suite.ts'
import { anAlert } from '../alertmanager/an-alert.ts'
import { decode, refusal } from './strict-slack.ts'

const test = suite('handlers/slack/message')
const plain: Look = { title: '', mention: '', links: [] }

function notificationOf(alerts: readonly Alert[], more: Partial<Notification> = {}): Notification {
  const firing = alerts.filter(({ status }) => status === 'firing').length
  return {
    id: 'n-1',
    group: 'g',
    status: firing > 0 ? 'firing' : 'resolved',
    alerts,
    firing,
    resolved: alerts.length - firing,
    suppressed: alerts.reduce((sum, { suppressed }) => sum + suppressed, 0),
    time: 0,
    ...more,
  }
}

const examples: Readonly<Record<string, readonly [Notification, Look]>> = {
  firing: [
    notificationOf([
      anAlert({
        severity: 'critical',
        kind: 'performance_degradation',
        message: 'GET /orders <b>&c.: the p99 is 1.5 s, limit 1 s',
        tags: { method: 'GET', route: '/orders' },
        suppressed: 4,
        suppressedFirst: Date.UTC(2026, 0, 2, 3, 5),
        suppressedLast: Date.UTC(2026, 0, 2, 3, 9),
      }),
    ]),
    { title: 'shop', mention: '<!here>', links: [{ text: 'Dashboard', url: 'https://example.com/d?a=1&b=2' }] },
  ],
  group: [
    notificationOf(
      [
        anAlert({ severity: 'high', message: 'orders are slow' }),
        anAlert({ id: 'id-2', status: 'resolved', severity: 'low', message: 'stock was low' }),
      ],
      { firing: 9_999, resolved: 1, suppressed: 7 },
    ),
    { ...plain, mention: '<@U024BE7LH>' },
  ],
  resolved: [
    notificationOf([anAlert({ status: 'resolved', severity: 'critical', endedAt: Date.UTC(2026, 0, 2, 3, 14, 5) })]),
    { ...plain, mention: '<!channel>' },
  ],
}

for (const [name, [notification, look]] of Object.entries(examples)) {
  test(`${name}: the message is exactly the golden file, and Slack takes it`, () => {
    const message = writeMessage(notification, look)
    const golden = new URL(`../../golden/slack-${name}.json`, import.meta.url)
    assert.fixture(`${JSON.stringify(message, null, 2)}\n`, readFileSync(golden, 'utf8'))
    assert.is(refusal(JSON.stringify(message)), undefined)
  })
}

test('the colour is that of the worst that fires, and what is over is good', () => {
  const colorOf = (severity: Alert['severity'], status: Alert['status'] = 'firing') =>
    writeMessage(notificationOf([anAlert({ severity, status })]), plain).attachments[0].color
  assert.equal(
    [colorOf('critical'), colorOf('high'), colorOf('medium'), colorOf('low'), colorOf('critical', 'resolved')],
    ['danger', 'warning', 'good', 'good', 'good'],
  )
})

test('somebody is called when something fires, by the option and by nothing else', () => {
  const evil = '<!channel> <@U1> <http://evil|x> http://evil.example &lt;!here&gt;'
  const alert = anAlert({ message: evil, kind: evil, tags: { [evil]: evil } })
  const message = writeMessage(notificationOf([alert]), { ...plain, title: evil, mention: '<!here>' })
  const texts = JSON.stringify(message).match(/"text":"(?:[^"\\]|\\.)*"/g) ?? []
  const tokens = texts.flatMap((text) => decode(JSON.parse(`{${text}}`).text).tokens)
  assert.equal(tokens, ['!here'])
  const preprocessed = JSON.stringify(message).match(/"mrkdwn","text":"(?:[^"\\]|\\.)*"(?!,"verbatim":true)/g)
  assert.is(preprocessed, null)
  assert.equal(
    decode(writeMessage(notificationOf([anAlert({ status: 'resolved' })]), { ...plain, mention: '<!here>' }).text)
      .tokens,
    [],
  )
})

test('Slack takes whatever an alert can hold', () => {
  const long = '<&>😀'.repeat(500)
  const tags = Object.fromEntries(
    Array.from({ length: 32 }, (_, i) => [`tag ${i} ${long}`.slice(0, 250), long.slice(0, 250)]),
  )
  const worst = anAlert({
    message: long,
    kind: long.slice(0, 250),
    tags,
    suppressed: 1,
    suppressedFirst: 0,
    suppressedLast: 8.64e15,
  })
  const empty = anAlert({ message: '', kind: '', tags: { '': '', a: '' }, value: Number.NaN })
  const look = {
    title: '<'.repeat(100),
    mention: '<!subteam^S0123456789>',
    links: Array.from({ length: 5 }, () => ({ text: long, url: `https://example.com/${'a'.repeat(480)}` })),
  }
  for (const alerts of [
    [worst],
    [empty],
    Array.from({ length: 10_000 }, () => worst),
    Array.from({ length: 50 }, () => empty),
    [],
  ]) {
    const message = JSON.stringify(writeMessage(notificationOf(alerts), look))
    assert.is(refusal(message), undefined, `${alerts.length} alerts`)
  }
})

test('what does not fit is counted', () => {
  const alerts = Array.from({ length: 200 }, (_, i) =>
    anAlert({ id: `id-${i}`, message: `number ${i} ${'x'.repeat(200)}` }),
  )
  const message = JSON.stringify(writeMessage(notificationOf(alerts, { firing: 10_000 }), plain))
  const listed = message.match(/number \d+/g)?.length ?? 0
  assert.ok(listed > 20 && listed < 200)
  assert.ok(message.includes(`+${(10_000 - listed).toLocaleString('en')} more`))
})

test.run()
