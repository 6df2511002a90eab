import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { writeBody } from '../../../handlers/webhook/body.ts'
import type { Alert, Notification } from '../../../src/notify/alert.ts'
import { suite } from '../../harness/suite.ts'
import { anAlert } from '../alertmanager/an-alert.ts'

const test = suite('handlers/webhook/body')
const sender = { receiver: 'team', externalUrl: 'https://example.com/', labels: { application: 'shop' } }

function notificationOf(alerts: readonly Alert[], more: Partial<Notification> = {}): Notification {
  const firing = alerts.filter(({ status }) => status === 'firing').length
  return {
    id: 'n',
    group: '{rule="slow"}',
    status: 'firing',
    alerts,
    firing,
    resolved: alerts.length - firing,
    suppressed: 0,
    time: 0,
    ...more,
  }
}

test('a group is exactly the golden file, in the format of Alertmanager', () => {
  const body = writeBody(
    notificationOf(
      [
        anAlert({
          tags: { route: '/a', application: 'own' },
          suppressed: 4,
          suppressedFirst: 0,
          suppressedLast: 60_000,
        }),
        anAlert({
          id: 'id-2',
          status: 'resolved',
          tags: { route: '/b' },
          endedAt: Date.UTC(2026, 0, 2, 4),
          degradationFactor: 1.5,
        }),
      ],
      { firing: 21 },
    ),
    sender,
  )
  const golden = new URL('../../golden/webhook.json', import.meta.url)
  assert.fixture(`${JSON.stringify(body, null, 2)}\n`, readFileSync(golden, 'utf8'))
})

test('what is common is common to all', () => {
  const { commonLabels, commonAnnotations } = writeBody(
    notificationOf([anAlert({ tags: { a: '1', b: '2' } }), anAlert({ tags: { a: '1', b: '3' } })]),
    sender,
  )
  assert.equal([commonLabels.a, commonLabels.b, commonLabels.alertname], ['1', undefined, 'slow'])
  assert.is(commonAnnotations.summary, 'orders are slow')
  assert.equal(writeBody(notificationOf([]), sender).commonLabels, {})
})

test('a tag may be called as an object has it, and every value is a string', () => {
  const tags = JSON.parse('{"__proto__":"x","constructor":"y"}')
  const body = JSON.parse(
    JSON.stringify(writeBody(notificationOf([anAlert({ tags, value: Number.MAX_VALUE })]), sender)),
  )
  const [alert] = body.alerts
  assert.ok(Object.values({ ...alert.labels, ...alert.annotations }).every((value) => typeof value === 'string'))
  assert.is(alert.labels.constructor, 'y')
})

test.run()
