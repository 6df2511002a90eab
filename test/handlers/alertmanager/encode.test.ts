import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { encodeAlert } from '../../../handlers/alertmanager/encode.ts'
import { suite } from '../../harness/suite.ts'
import { anAlert } from './an-alert.ts'

const test = suite('alertmanager/encode')
const now = Date.UTC(2026, 0, 2, 3, 5, 0)
const resendMs = 60_000

test('an alert that fires ends four intervals ahead', () => {
  assert.equal(encodeAlert(anAlert(), now, { resendMs }), {
    labels: { alertname: 'slow', severity: 'high', kind: 'threshold' },
    annotations: { summary: 'orders are slow', value: '1.5 s', threshold: '1 s', occurrences: '3', reason: 'first' },
    startsAt: '2026-01-02T03:04:05.000Z',
    endsAt: '2026-01-02T03:09:00.000Z',
  })
})

test('one that is over ends when it did', () => {
  const endedAt = Date.UTC(2026, 0, 2, 3, 4, 30)
  assert.is(encodeAlert(anAlert({ status: 'resolved', endedAt }), now, { resendMs }).endsAt, '2026-01-02T03:04:30.000Z')
  assert.is(encodeAlert(anAlert({ status: 'resolved' }), now, { resendMs }).endsAt, '2026-01-02T03:05:00.000Z')
})

test('annotations of the options stand over ours, and what was suppressed is told', () => {
  const options = { resendMs, annotations: { summary: 'mine', runbook_url: 'u' }, generatorUrl: 'http://a/' }
  const made = encodeAlert(anAlert({ suppressed: 2, degradationFactor: 1.5 }), now, options)
  assert.equal(made.annotations, {
    summary: 'mine',
    value: '1.5 s',
    threshold: '1 s',
    occurrences: '3',
    suppressed: '2',
    degradation_factor: '1.5',
    reason: 'first',
    runbook_url: 'u',
  })
  assert.is(made.generatorURL, 'http://a/')
})

test('whatever the times, they are RFC 3339 and none ends before it began', () => {
  const time = fc.oneof(fc.double(), fc.integer(), fc.constant(now + 1), fc.constant(now - 1), fc.constant(8.64e15))
  fc.assert(
    fc.property(time, fc.option(time, { nil: undefined }), fc.boolean(), (startedAt, endedAt, fires) => {
      const status = fires ? 'firing' : 'resolved'
      const alert = anAlert({ startedAt, status, ...(endedAt !== undefined && { endedAt }) })
      const { startsAt, endsAt } = encodeAlert(alert, now, { resendMs })
      for (const text of [startsAt, endsAt]) assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      assert.ok(startsAt <= endsAt && Date.parse(startsAt) <= now)
      assert.is(Date.parse(endsAt) > now, fires)
    }),
  )
})

test.run()
