import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { alertId, readAlert } from '../../src/notify/read-alert.ts'
import { suite } from '../harness/suite.ts'

const test = suite('notify/read-alert')
const firing = 'telemetry.alert.firing'

test('the id is that of the rule and its tags, in whatever order', () => {
  assert.match(alertId('r', { a: '1', b: '2' }), /^[\da-f]{16}$/)
  assert.is(alertId('r', { a: '1', b: '2' }), alertId('r', { b: '2', a: '1' }))
  const ids = [alertId('r', {}), alertId('r', { a: '1' }), alertId('r', { a: '1,b' }), alertId('ra', { '1': '' })]
  assert.is(new Set(ids).size, ids.length)
  assert.is(readAlert(firing, {}, { rule: 'r', tags: { a: '1' } }).id, alertId('r', { a: '1' }))
})

test('an id of ours is kept also when it looks like the number of a card', () => {
  assert.is(readAlert(firing, {}, { alert_id: '4111111111111111' }).id, '4111111111111111')
  assert.not.equal(readAlert(firing, {}, { alert_id: '4111 1111 1111 1111' }).id, '4111 1111 1111 1111')
})

test('an event becomes an alert, key by key', () => {
  const measurements = { value: 2, threshold: 1, occurrences: 5, suppressed: 4, degradation_factor: 2 }
  const metadata = {
    ...{
      alert_id: '0123456789012345',
      rule: 'slow',
      kind: 'performance_degradation',
      severity: 'critical',
      message: 'm',
    },
    ...{ tags: { route: '/a', n: 5 }, reason: 'first', started_at: 10, unit: 'second' },
    ...{ suppressed_first: 11, suppressed_last: 12, ended_at: 13, other: 'key' },
  }
  assert.equal(readAlert('telemetry.alert.resolved', measurements, metadata), {
    ...{
      id: '0123456789012345',
      rule: 'slow',
      kind: 'performance_degradation',
      severity: 'critical',
      status: 'resolved',
    },
    ...{ message: 'm', tags: { route: '/a', n: '5' }, value: 2, threshold: 1, unit: 'second', occurrences: 5 },
    ...{ suppressed: 4, suppressedFirst: 11, suppressedLast: 12, degradationFactor: 2, reason: 'first' },
    ...{ startedAt: 10, endedAt: 13 },
  })
  assert.is(readAlert('telemetry.alert.acknowledged', {}, { alert_id: 'a' }).reason, 'acknowledged')
})

test('known secrets are gone, by the name of a tag and by their looks', () => {
  const { message, tags } = readAlert(
    firing,
    {},
    {
      message: 'refused: Authorization: Bearer abcdefghijklmnop0123 password=hunter2secret',
      tags: { password: 'hunter2secret', note: 'AKIAIOSFODNN7EXAMPLE', route: '/a' },
    },
  )
  assert.not.match(JSON.stringify([message, tags]), /hunter2|abcdefghij|AKIA/)
  assert.is(tags.route, '/a')
})

test('whatever it is given it makes a plain, small alert of it and never throws', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), fc.anything(), (one, other) => {
      const keys = [
        'alert_id',
        'rule',
        'kind',
        'severity',
        'message',
        'tags',
        'reason',
        'started_at',
        'unit',
        'ended_at',
      ]
      const alert = readAlert(
        firing,
        { value: one, suppressed: other },
        Object.fromEntries(keys.map((key, i) => [key, i % 2 ? one : other])),
      )
      assert.ok(alert.id !== '' && alert.rule !== '' && alert.message !== '' && alert.reason !== '')
      assert.ok(Number.isFinite(alert.value) && Number.isFinite(alert.startedAt))
      assert.ok(JSON.stringify(alert).length < 40_000)
    }),
    { numRuns: 2_000 },
  )
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  assert.is(readAlert(firing, proxy, proxy).rule, 'alert')
  const huge = readAlert(
    firing,
    {},
    {
      message: 'x'.repeat(1e6),
      tags: Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`k${i}`, 'v'.repeat(1_000)])),
    },
  )
  assert.ok(Buffer.byteLength(huge.message) <= 2_048)
  assert.ok(Object.keys(huge.tags).length <= 32)
})

test.run()
