import * as assert from 'uvu/assert'
import { decodeNotification, encodeNotification } from '../../src/notify/stored-notification.ts'
import { anAlert } from '../handlers/alertmanager/an-alert.ts'
import { suite } from '../harness/suite.ts'

const test = suite('notify/stored-notification')
const notification = {
  id: 'n',
  group: 'g',
  status: 'firing',
  alerts: [anAlert({ tags: { a: 'b' } })],
  firing: 1,
  resolved: 0,
  suppressed: 0,
  time: 5,
} as const

test('what was stored comes back, and nobody can change it', () => {
  const decoded = decodeNotification(encodeNotification(notification))
  assert.equal(decoded, notification)
  assert.ok(Object.isFrozen(decoded) && Object.isFrozen(decoded?.alerts[0]?.tags))
})

test('what a later version, or something else, has written is none', () => {
  const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
  const wrong = [
    null,
    5,
    {},
    { version: 2, notification },
    { version: 1, notification: null },
    { version: 1, notification: { id: 'n', group: 'g' } },
    { version: 1, notification: { id: 'n', group: 'g', alerts: {} } },
  ]
  for (const value of wrong) assert.is(decodeNotification(bytes(value)), undefined)
  assert.is(decodeNotification(Buffer.from([0xff, 0x00])), undefined)
  const good = encodeNotification(notification)
  for (let cut = 0; cut < good.length; cut += 7) assert.is(decodeNotification(good.subarray(0, cut)), undefined)
})

test.run()
