import { createBus, TelemetryError } from 'sonde'
import { actorRules, attachAlerts, bridgeRules, dspexThresholds, httpRules, nodeRules } from 'sonde/handlers/alerts'
import * as assert from 'uvu/assert'
import { catalog } from '../../../../src/catalog/catalog.ts'
import { suite } from '../../../harness/suite.ts'
import { setupAlerts } from '../set-up.ts'

const test = suite('alerts/rules')

test('all rule sets together are rules', () => {
  const bus = createBus()
  const alerts = attachAlerts(bus, { rules: [...httpRules, ...nodeRules, ...bridgeRules, ...actorRules] })
  alerts.check()
  assert.equal(alerts.active(), [])
  alerts.detach()
})

test('rules about http and node name events of the catalog', () => {
  for (const rule of [...httpRules, ...nodeRules]) {
    assert.ok('event' in rule)
    for (const name of typeof rule.event === 'string' ? [rule.event] : rule.event) {
      const event = catalog.lookup(name)
      assert.ok(event, `${rule.name}: ${name}`)
      const key = rule.measurement
      assert.ok(key === undefined || event?.measurements.some((one) => one.key === key), `${rule.name}: ${key}`)
    }
  }
})

test('the thresholds of DSPex are in milliseconds and percent: 1,000 fires above one second, not above one millisecond', () => {
  const rules = dspexThresholds({ bridge_call_p99_ms: 1_000, error_rate_percent: 5 })
  assert.equal(
    rules.map(({ name }) => name),
    ['bridge_call_p99', 'error_rate'],
  )
  const { bus, clock, told, lines } = setupAlerts({ rules, groupIntervalMs: 0 })
  const call = (duration: number, event = 'bridge.call.stop', fn = 'a') => {
    const name: string = event
    for (let i = 0; i < 100; i++) bus.execute(name, { duration }, { function: fn })
  }
  call(900e6)
  clock.advance(10_000)
  assert.equal(lines(), [])
  call(11e9, 'bridge.call.stop', 'b')
  clock.advance(10_000)
  assert.equal(lines(), ['firing bridge_call_p99 first'])
  assert.is(told.at(-1)?.metadata.severity, 'high')
  assert.is(Math.round(Number(told.at(-1)?.measurements.degradation_factor)), 11)
  call(1e6, 'bridge.call.exception')
  clock.advance(10_000)
  assert.equal(lines(), ['firing error_rate first'])
})

test('a threshold that is none is refused with its name', () => {
  assert.throws(
    () => setupAlerts({ rules: dspexThresholds({ queue_time_ms: Number.NaN }) }),
    (error: unknown) =>
      error instanceof TelemetryError && error.code === 'invalid_rule' && /queue_time/.test(error.message),
  )
})

test('a route whose requests fail fires, one of whose clients are wrong does not', () => {
  const { bus, clock, told, lines } = setupAlerts({ rules: httpRules })
  for (let i = 0; i < 50; i++) {
    const name: string = 'http.server.request.stop'
    bus.execute(name, { duration: 1e6 }, { method: 'GET', route: '/bad', status_code: i % 2 === 0 ? 500 : 200 })
    bus.execute(name, { duration: 1e6 }, { method: 'GET', route: '/good', status_code: 404 })
  }
  clock.advance(10_000)
  assert.equal(lines(), ['firing http_errors first'])
  assert.equal(told[0]?.metadata.tags, { method: 'GET', route: '/bad' })
  assert.is(told[0]?.measurements.value, 0.5)
})

test.run()
