import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attachAlerts } from 'sonde/handlers/alerts'
import { testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { counter, lastValue, summary } from '../../../src/metrics/define.ts'
import { suite } from '../../harness/suite.ts'
import { setupAlerts } from './set-up.ts'

const test = suite('handlers/alerts', { limitMs: 30_000 })

const latency = summary('job.done.duration', { tags: ['queue', 'kind'], unit: 'nanosecond' })
const slow = { name: 'slow', metric: 'job.done.duration', stat: 'p99', above: '1s', by: ['queue'] } as const

test('behaves as a handler must', () =>
  testHandler(attachAlerts, {
    options: {
      rules: [
        { name: 'any', event: '**', by: ['route'] },
        { name: 'p99', event: '**', measurement: 'duration', stat: 'p99', above: '1s', by: ['route'] },
      ],
    },
    invalid: [
      {},
      { rules: {} },
      { rules: [], checkIntervalMs: 0 },
      { rules: [], groupWaitMs: -1 },
      { rules: [], groupIntervalMs: Number.NaN },
      { rules: [], groupBy: 'rule' },
      { rules: [], maxAlerts: 0 },
      { rules: [], maxHistory: -1 },
      { rules: [], maintenance: [{ from: '25:00', to: '06:00' }] },
      { rules: [], inhibit: [{ source: 1, target: {} }] },
      { rules: [], suppression: { minIntervalMs: -1 }, directory: '/dev/null/here' },
    ],
  }))

test('two rules of one name are one too many', () => {
  const rules = [slow, slow]
  assert.throws(() => setupAlerts({ rules }, [latency]), /two rules have the same name/)
})

test('a p99 above its limit fires within one check, in the unit of the metric, and is over when it is back', () => {
  const { clock, store, alerts, told, lines } = setupAlerts({ rules: [slow] }, [latency])
  for (let i = 0; i < 200; i++) store.bind('job.done.duration', { queue: 'a', kind: 'x' }).record(2e9)
  for (let i = 0; i < 200; i++) store.bind('job.done.duration', { queue: 'b', kind: 'x' }).record(1e6)
  clock.advance(10_000)
  assert.equal(lines(), ['firing slow first'])
  assert.equal(told[0]?.metadata.tags, { queue: 'a' })
  assert.is(told[0]?.measurements.threshold, 1e9)
  assert.is(told[0]?.metadata.unit, 'nanosecond')
  assert.equal(
    alerts.active().map(({ tags, announced }) => [tags.queue, announced]),
    [['a', true]],
  )
  clock.advance(60_000)
  for (let i = 0; i < 200; i++) store.bind('job.done.duration', { queue: 'a', kind: 'x' }).record(1e6)
  clock.advance(10_000)
  assert.equal(lines(), ['resolved slow resolved'])
  assert.equal(alerts.active(), [])
  assert.equal(
    alerts.history().map(({ status }) => status),
    ['firing', 'resolved'],
  )
})

test('no data changes nothing, neither before nor while it fires', () => {
  const { clock, store, alerts, lines } = setupAlerts({ rules: [slow] }, [latency])
  clock.advance(60_000)
  for (let i = 0; i < 200; i++) store.bind('job.done.duration', { queue: 'a' }).record(2e9)
  clock.advance(10_000)
  assert.equal(lines(), ['firing slow first'])
  clock.advance(600_000)
  assert.equal(
    lines().filter((line) => line.startsWith('resolved')),
    [],
  )
  assert.is(alerts.active().length, 1)
})

test('few values mean nothing: 1 error of 1, and a p99 of 99 values', () => {
  const rules = [slow, { name: 'ratio', event: 'job.failed', over: 'job.*', stat: 'ratio', above: '5%' } as const]
  const { bus, clock, store, lines } = setupAlerts({ rules }, [latency])
  bus.execute('job.failed', {}, {})
  for (let i = 0; i < 99; i++) store.bind('job.done.duration', { queue: 'a' }).record(2e9)
  clock.advance(20_000)
  assert.equal(lines(true), [])
  for (let i = 0; i < 19; i++) bus.execute('job.done', {}, {})
  clock.advance(10_000)
  assert.equal(lines(true), [])
  for (let i = 0; i < 19; i++) bus.execute('job.failed', {}, {})
  clock.advance(10_000)
  assert.equal(lines(), ['firing ratio first'])
})

test('an event is an occurrence at once, and the alert is over when none has come for the window', () => {
  const rules = [
    { name: 'full', event: 'pool.saturated', by: ['pool'], windowMs: 30_000, severity: 'critical' } as const,
  ]
  const { bus, clock, told, lines } = setupAlerts({ rules })
  bus.execute('pool.saturated', {}, { pool: 'a' })
  assert.equal(lines(), ['firing full first'])
  assert.is(told[0]?.metadata.severity, 'critical')
  clock.advance(20_000)
  bus.execute('pool.saturated', {}, { pool: 'a' })
  clock.advance(20_000)
  assert.equal(lines(true), ['suppressed full min_interval'])
  clock.advance(10_000)
  assert.equal(lines(), ['resolved full resolved'])
})

test('every occurrence is told of or counted by the next notification', () => {
  const rules = [{ name: 'boom', event: 'boom', windowMs: 600_000 }]
  const { bus, clock, told, alerts } = setupAlerts({ rules, suppression: { occurrenceThreshold: 5 } })
  for (let i = 0; i < 1_004; i++) {
    bus.execute('boom', {}, {})
    clock.advance(300)
  }
  bus.execute('boom', {}, {})
  const fired = told.filter(({ event }) => event === 'firing')
  const sum = fired.reduce((total, { measurements }) => total + 1 + Number(measurements.suppressed), 0)
  assert.equal(
    fired.map(({ measurements }) => measurements.suppressed),
    [4, 999],
  )
  assert.is(sum, 1_005)
  const { occurrences, told: number, suppressed } = alerts.stats()
  assert.equal([occurrences, number, suppressed], [1_005, 2, 1_003])
  assert.is(fired[1]?.metadata.suppressed_first, 1_700_000_000_000 + 5 * 300)
  assert.is(fired[1]?.metadata.suppressed_last, 1_700_000_000_000 + 1_003 * 300)
})

test('a square wave at the limit is told of at most twice and once per interval', () => {
  const gauge = lastValue('queue.depth.size')
  const rules = [{ name: 'deep', metric: 'queue.depth.size', stat: 'last', above: 10 } as const]
  const { clock, store, told } = setupAlerts({ rules, checkIntervalMs: 500, groupIntervalMs: 0 }, [gauge])
  for (let i = 0; i < 600; i++) {
    store.bind('queue.depth.size').record(20)
    clock.advance(500)
    store.bind('queue.depth.size').record(5)
    clock.advance(500)
  }
  const number = told.filter(({ event }) => event === 'firing' || event === 'resolved').length
  assert.ok(number <= 2 + Math.ceil(600 / 300), `${number} notifications`)
  assert.ok(told.some(({ reason }) => reason === 'flapping'))
  clock.advance(600_000)
  assert.is(told.at(-1)?.event, 'resolved')
})

test('ten thousand alerts at once are one notification, and of what comes later there is one per interval', () => {
  const rules = [{ name: 'bad', event: 'bad', by: ['key'] }]
  const { bus, clock, told } = setupAlerts({ rules, groupWaitMs: 1_000, groupIntervalMs: 60_000 })
  for (let i = 0; i < 10_000; i++) bus.execute('bad', {}, { key: `k${i}` })
  assert.is(told.length, 0)
  clock.advance(1_000)
  const ids = () => new Set(told.map(({ metadata }) => metadata.notification_id))
  assert.is(told.length, 10_000)
  assert.is(ids().size, 1)
  clock.advance(20_000)
  bus.execute('bad', {}, { key: 'one more' })
  clock.advance(10_000)
  assert.is(ids().size, 1)
  clock.advance(30_000)
  assert.is(ids().size, 2)
})

test('a rate, a count and an absence are those of the window', () => {
  const jobs = counter('job.done.count', { tags: ['queue'] })
  const rules = [
    { name: 'rate', metric: 'job.done.count', stat: 'rate', above: 5, windowMs: 60_000 },
    { name: 'count', metric: 'job.done.count', stat: 'count', above: 100, windowMs: 60_000, by: ['queue'] },
    { name: 'gone', metric: 'job.done.count', stat: 'absent', windowMs: 60_000 },
  ] as const
  const { clock, store, told, lines } = setupAlerts({ rules, groupIntervalMs: 0 }, [jobs])
  store.bind('job.done.count', { queue: 'a' }).record(60)
  clock.advance(10_000)
  assert.equal(lines(), ['firing rate first'])
  assert.is(told[0]?.measurements.value, 6)
  store.bind('job.done.count', { queue: 'b' }).record(50)
  clock.advance(10_000)
  assert.equal(lines(), [])
  store.bind('job.done.count', { queue: 'b' }).record(51)
  clock.advance(10_000)
  assert.equal(lines(), ['firing count first'])
  clock.advance(60_000)
  assert.equal(lines().toSorted(), ['resolved count resolved', 'resolved rate resolved'])
  clock.advance(10_000)
  assert.equal(lines(), ['firing gone first'])
  store.bind('job.done.count', { queue: 'b' }).record(1)
  clock.advance(10_000)
  assert.equal(lines(), ['resolved gone resolved'])
})

test('a rule that fails is told of, and stops no other', () => {
  const fails = () => {
    throw new Error('of the test')
  }
  const rules = [
    { name: 'broken', event: 'bad', keep: fails },
    { name: 'whole', event: 'bad' },
  ]
  const { bus, clock, lines } = setupAlerts({ rules })
  bus.execute('bad', {}, {})
  bus.execute('bad', {}, {})
  assert.equal(lines(), ['rule_failed broken Error: of the test', 'firing whole first'])
  clock.advance(60_000)
  bus.execute('bad', {}, {})
  assert.ok(lines().includes('rule_failed broken Error: of the test'))
  assert.is(bus.stats().failures, 0)
})

test('the watchdog always fires, again and again', () => {
  const { clock, lines } = setupAlerts({ rules: [{ name: 'alive', kind: 'watchdog', severity: 'low' }] })
  clock.advance(320_000)
  assert.equal(lines(), ['firing alive first', 'firing alive repeat'])
})

test('a rule about all events does not hear of alerts', () => {
  const { bus, lines, alerts } = setupAlerts({
    rules: [{ name: 'any', event: '**' }],
    suppression: { minIntervalMs: 0 },
  })
  bus.execute('something.happened', {}, {})
  assert.equal(lines(), ['firing any first'])
  assert.is(alerts.stats().occurrences, 1)
})

test('the message is filled from the alert', () => {
  const summaryOfRule = '{queue}: {value} is {factor} times {threshold}, {unknown}'
  const rules = [{ ...slow, kind: 'performance_degradation', summary: summaryOfRule }]
  const { clock, store, told } = setupAlerts({ rules }, [latency])
  for (let i = 0; i < 200; i++) store.bind('job.done.duration', { queue: '{value}' }).record(2e9)
  clock.advance(10_000)
  assert.is(told[0]?.metadata.message, '{value}: 2 s is 2 times 1 s, {unknown}')
  assert.is(told[0]?.measurements.degradation_factor, 2)
})

test('a second one of the same id leaves nothing behind', () => {
  const directory = join(tmpdir(), 'sonde-alerts-never')
  const { bus, clock } = setupAlerts({ rules: [] })
  const before = [bus.listHandlers().length, clock.pending]
  assert.throws(() => attachAlerts(bus, { rules: [{ name: 'a', event: 'a' }], directory }), /already/)
  bus.attach('other.0', 'a', () => {})
  assert.throws(() => attachAlerts(bus, { rules: [{ name: 'a', event: 'a' }], id: 'other' }), /already/)
  bus.detach('other.0')
  assert.equal([bus.listHandlers().length, clock.pending], before)
  assert.is(existsSync(directory), false)
})

test.run()
