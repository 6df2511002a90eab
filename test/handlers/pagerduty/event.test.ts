import * as assert from 'uvu/assert'
import { writeEvent } from '../../../handlers/pagerduty/event.ts'
import type { Alert } from '../../../src/notify/alert.ts'
import { suite } from '../../harness/suite.ts'
import { anAlert } from '../alertmanager/an-alert.ts'

const test = suite('handlers/pagerduty/event')
const origin = { source: 'host', component: 'api', group: 'shop' }

test('an alert that fires opens an incident with all there is to know', () => {
  assert.equal(writeEvent(anAlert({ tags: { route: '/a' }, degradationFactor: 1.5 }), origin), {
    event_action: 'trigger',
    dedup_key: 'id-1',
    payload: {
      ...{ source: 'host', component: 'api', group: 'shop', summary: 'orders are slow', severity: 'error' },
      ...{ timestamp: '2026-01-02T03:04:05.000Z', class: 'threshold' },
      custom_details: {
        ...{ rule: 'slow', value: 1_500_000_000, threshold: 1_000_000_000, unit: 'nanosecond', occurrences: 3 },
        ...{ suppressed: 0, degradation_factor: 1.5, reason: 'first', tags: { route: '/a' } },
      },
    },
  })
})

test('one that is over resolves it, one that somebody has taken on acknowledges it, and neither says more', () => {
  assert.equal(writeEvent(anAlert({ status: 'resolved', reason: 'acknowledged' }), origin), {
    event_action: 'resolve',
    dedup_key: 'id-1',
  })
  assert.equal(writeEvent(anAlert({ reason: 'acknowledged' }), origin), {
    event_action: 'acknowledge',
    dedup_key: 'id-1',
  })
})

test('severities are those of PagerDuty', () => {
  const severityOf = (severity: Alert['severity']) => {
    const event = writeEvent(anAlert({ severity }), origin)
    return 'payload' in event ? event.payload.severity : undefined
  }
  assert.equal((['critical', 'high', 'medium', 'low'] as const).map(severityOf), [
    'critical',
    'error',
    'warning',
    'info',
  ])
})

test('limits of PagerDuty hold, and no character is cut in two', () => {
  const event = writeEvent(anAlert({ id: 'x'.repeat(256), message: '😀'.repeat(1_025) }), origin)
  assert.match(event.dedup_key, /^[\da-f]{64}$/)
  const summary = 'payload' in event ? event.payload.summary : ''
  assert.is(Array.from(summary).length, 1_024)
  assert.ok(summary.endsWith('😀…'))
  assert.is(writeEvent(anAlert({ id: 'x'.repeat(255) }), origin).dedup_key, 'x'.repeat(255))
})

test.run()
