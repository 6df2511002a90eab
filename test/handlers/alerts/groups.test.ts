import * as assert from 'uvu/assert'
import { addTelegram, dueAt, type Group, groupKey, type Telegram } from '../../../handlers/alerts/groups.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/groups')

const policy = { by: ['rule'], waitNs: 30, intervalNs: 300 }
const group = (more: Partial<Group> = {}): Group => ({ key: 'g', waiting: new Map(), openedAt: 0, ...more })
const telegram = (
  id: string,
  status: 'firing' | 'resolved' = 'firing',
  suppressed = 0,
  more: object = {},
): Telegram => ({
  event: `telemetry.alert.${status}`,
  measurements: { value: 1, suppressed },
  metadata: { alert_id: id, started_at: 5, ...more },
})

test('a group has the name that Alertmanager would give it, whatever is in its labels', () => {
  assert.is(groupKey(['rule', 'route'], { rule: 'slow', route: '/a' }), '{rule="slow",route="/a"}')
  assert.is(groupKey(['rule'], { rule: 'a",b="c' }), '{rule="a\\",b=\\"c"}')
  assert.is(groupKey(['missing'], {}), '{missing=""}')
  assert.is(groupKey([], { rule: 'x' }), '{}')
})

test('the first alerts wait for others, later ones for the interval, and nothing for nothing', () => {
  assert.is(dueAt(policy, group()), undefined)
  const opened = group()
  addTelegram(opened, telegram('a'), 100)
  addTelegram(opened, telegram('b'), 120)
  assert.is(dueAt(policy, opened), 130)
  opened.toldAt = 100
  assert.is(dueAt(policy, opened), 400)
  opened.openedAt = 500
  assert.is(dueAt(policy, opened), 500)
})

test('what waits of an alert gives way to what is true now, with its occurrences, in the order of what came last', () => {
  const waiting = group()
  addTelegram(waiting, telegram('a', 'firing', 4, { suppressed_first: 1 }), 10)
  addTelegram(waiting, telegram('b'), 11)
  addTelegram(waiting, telegram('a', 'resolved', 2, { suppressed_last: 9 }), 12)
  assert.equal([...waiting.waiting.keys()], ['b', 'a'])
  const told = waiting.waiting.get('a')
  assert.is(told?.event, 'telemetry.alert.resolved')
  assert.equal(
    [told?.measurements.suppressed, told?.metadata.suppressed_first, told?.metadata.suppressed_last],
    [7, 1, 9],
  )
  assert.is(waiting.openedAt, 10)
})

test('an end that waits and is followed by a new beginning is no occurrence', () => {
  const waiting = group()
  addTelegram(waiting, telegram('a', 'resolved', 3, { suppressed_first: 1, suppressed_last: 2 }), 10)
  addTelegram(waiting, telegram('a', 'firing', 0), 11)
  assert.is(waiting.waiting.get('a')?.measurements.suppressed, 3)
  const none = group()
  addTelegram(none, telegram('a', 'resolved', 0), 10)
  addTelegram(none, telegram('a', 'firing', 0), 11)
  assert.is(none.waiting.get('a')?.metadata.suppressed_first, undefined)
})

test.run()
