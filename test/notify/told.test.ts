import * as assert from 'uvu/assert'
import { toTold } from '../../src/notify/told.ts'
import { suite } from '../harness/suite.ts'

const test = suite('notify/told')

test('what has to be known before an alert is read as a whole', () => {
  const told = toTold(
    'telemetry.alert.firing',
    { suppressed: 3 },
    { notification_id: 'n', group: 'g', alert_id: 'a', severity: 'critical', reason: 'repeat' },
  )
  const { notificationId, group, alertId, isResolved, isRepeat, suppressed, rank } = told
  assert.equal(
    [notificationId, group, alertId, isResolved, isRepeat, suppressed, rank],
    ['n', 'g', 'a', false, true, 3, 0],
  )
  assert.is(toTold('telemetry.alert.resolved', {}, { severity: 'critical', reason: 'repeat' }).rank, 4)
  assert.not.ok(toTold('telemetry.alert.resolved', {}, { reason: 'repeat' }).isRepeat)
})

test('what is no id is none, and what is no number is nought', () => {
  for (const id of [undefined, null, 5, '', {}, 'x'.repeat(257)])
    assert.equal(
      [toTold('e', {}, { notification_id: id, group: id, alert_id: id })].map((t) => [
        t.notificationId,
        t.group,
        t.alertId,
      ]),
      [[undefined, undefined, undefined]],
    )
  for (const suppressed of [undefined, -1, Number.NaN, Number.POSITIVE_INFINITY, '5'])
    assert.is(toTold('e', { suppressed }, {}).suppressed, 0)
  assert.is(toTold('e', {}, { severity: 'fatal' }).rank, 2)
})

test('payloads whose own code throws are read as far as they can be', () => {
  const throwing = Object.defineProperty({ alert_id: 'a' }, 'group', {
    enumerable: true,
    get: () => {
      throw new Error('no')
    },
  })
  assert.is(toTold('e', {}, throwing).alertId, 'a')
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  assert.is(toTold('e', proxy, proxy).alertId, undefined)
})

test.run()
