import * as assert from 'uvu/assert'
import { alertEvents, httpEvents, nodeEvents, telemetryEvents } from '../../src/catalog/index.ts'
import { compilePattern } from '../../src/core/names.ts'
import { createStore } from '../../src/metrics/create-store.ts'
import { isDistribution, isSummary } from '../../src/metrics/data.ts'
import { httpMetrics } from '../../src/metrics/http-metrics.ts'
import { nodeMetrics } from '../../src/metrics/node-metrics.ts'
import { telemetryMetrics } from '../../src/metrics/telemetry-metrics.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'

const test = suite('metrics/library')
const all = [...httpMetrics, ...nodeMetrics, ...telemetryMetrics]

test('all metrics that ship fit in one store and each has a description', () => {
  assert.not.throws(() => createStore({ metrics: all, clock: manualClock() }))
  for (const { name, description } of all) assert.match(description, /^[A-Z].*\.$/, name)
})

test('every metric over a catalogued event reads a measurement and tags that the event has', () => {
  const events = [httpEvents, nodeEvents, telemetryEvents, alertEvents].flatMap((part) => part.events)
  for (const { name, type, events: wanted, measurement, tags, tagValues } of all) {
    for (const pattern of wanted) {
      assert.ok(
        events.some(({ name: event }) => compilePattern(pattern)(event)),
        `${name}: nothing emits ${pattern}`,
      )
    }
    for (const event of events.filter((each) => wanted.some((pattern) => compilePattern(pattern)(each.name)))) {
      const keys = event.measurements.map(({ key }) => key)
      if (type !== 'counter')
        assert.ok(keys.includes(String(measurement)), `${name}: ${event.name} has no ${measurement}`)
      if (tagValues !== undefined || typeof tags === 'function') continue
      for (const tag of tags)
        assert.ok(
          event.metadata.some(({ key }) => key === tag),
          `${name}: ${event.name} has no ${tag}`,
        )
    }
  }
})

test('every measurement of a node event is a metric', () => {
  for (const event of nodeEvents.events)
    for (const { key } of event.measurements)
      assert.ok(
        nodeMetrics.some(({ events, measurement }) => events.includes(event.name) && measurement === key),
        `${event.name}.${key}`,
      )
})

test('a request is one value in the convention histogram, one in the window, and the gauge falls with it', () => {
  const store = createStore({ metrics: httpMetrics, clock: manualClock() })
  const metadata = { method: 'GET', route: '/users/:id' }
  store.recorder('http.server.request.start')?.({ active: 1 }, metadata)
  assert.is(store.get('http.server.active_requests')?.value, 1)
  store.recorder('http.server.request.stop')?.(
    { duration: 30e6, active: 0, response_size: 100 },
    { ...metadata, status_code: 200 },
  )
  store.recorder('http.server.request.exception')?.({ duration: 20e6 }, { ...metadata, error_type: 'ECONNRESET' })

  assert.is(store.get('http.server.active_requests')?.value, 0)
  const labels = { http_request_method: 'GET', http_route: '/users/:id' }
  const duration = store.get('http.server.request.duration', { ...labels, http_response_status_code: 200 })?.value
  assert.ok(duration !== undefined && isDistribution(duration) && duration.sum === 0.03 && duration.counts[3] === 1)
  assert.ok(store.get('http.server.request.duration', { ...labels, error_type: 'ECONNRESET' }))
  const latency = store.get('http.server.request.latency', labels)?.value
  assert.ok(latency !== undefined && isSummary(latency) && latency.count === 2 && latency.max === 0.03)
  const size = store.get('http.server.response.body.size', labels)?.value
  assert.ok(size !== undefined && isDistribution(size) && size.count === 1)
  assert.is(store.stats().invalid, 0)
})

test('what was delivered last is a time in seconds, and what is suppressed has its reason', () => {
  const store = createStore({ metrics: telemetryMetrics, clock: manualClock() })
  const read = (name: string, tags: { readonly [key: string]: string }) => store.get(`telemetry.${name}`, tags)?.value
  const delivered = store.recorder('telemetry.notification.stop')
  delivered?.({ attempt: 1, ended_at: 1_700_000_000_500 }, { destination: 'slack' })
  delivered?.({ attempt: 2, ended_at: 1_700_000_060_000 }, { destination: 'slack' })
  store.recorder('telemetry.notification.exception')?.({ attempt: 1 }, { destination: 'slack', status: 503 })
  store.recorder('telemetry.alert.suppressed')?.({}, { rule: 'slow', reason: 'min_interval' })
  store.recorder('telemetry.alert.rule_failed')?.({ failures: 6 }, { rule: 'slow' })

  assert.is(read('notification.last_success_timestamp', { destination: 'slack' }), 1_700_000_060)
  assert.is(read('notification.deliveries', { destination: 'slack' }), 2)
  assert.is(read('notification.failures', { destination: 'slack', status: '503' }), 1)
  assert.is(read('alert.suppressions', { rule: 'slow', reason: 'min_interval' }), 1)
  assert.is(read('alert.rule_failures', { rule: 'slow' }), 6)
})

test('http metrics have the names that the conventions have in Prometheus', () => {
  const names = httpMetrics.map(({ exportName }) => exportName)
  for (const name of [
    'http_server_request_duration_seconds',
    'http_server_active_requests',
    'http_client_request_duration_seconds',
  ])
    assert.ok(names.includes(name), name)
})

test.run()
