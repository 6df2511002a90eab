import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { TelemetryError } from '../../src/core/errors.ts'
import type { PolledMeasurement } from '../../src/runtime/measurement.ts'
import { type Poller, startPoller } from '../../src/runtime/poller.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { poll, settle } from './polling.ts'

const test = suite('runtime/poller')

test('what `read` returns is emitted once per period, with the metadata given', () => {
  const { bus, clock, poller } = poll([
    { name: 'depth', event: 'queue.depth', metadata: { queue: 'mail' }, read: () => ({ depth: 7 }) },
  ])
  const seen: unknown[] = []
  bus.attach('recorder', 'queue.depth', (_event, measurements, metadata) => void seen.push({ measurements, metadata }))
  clock.advance(0)
  assert.equal(seen, [{ measurements: { depth: 7 }, metadata: { queue: 'mail' } }])
  clock.advance(2_999)
  assert.is(seen.length, 3)
  poller.stop()
})

test('`read` is not called while nobody listens, and what it held is given back', () => {
  let reads = 0
  let released = 0
  const { bus, clock, poller } = poll([
    { name: 'depth', event: 'queue.depth', read: () => ({ depth: ++reads }), release: () => void released++ },
  ])
  clock.advance(2_500)
  assert.is(reads, 0)
  const detach = bus.attach('recorder', 'queue.depth', () => {})
  clock.advance(1_000)
  assert.is(reads, 1)
  const before = released
  detach()
  clock.advance(1_000)
  assert.is(released, before + 1)
  assert.is(reads, 1)
  poller.stop()
})

test('`read` may have nothing to tell', () => {
  const { bus, clock, poller, failures } = poll([{ name: 'depth', event: 'queue.depth', read: () => undefined }])
  let emitted = 0
  bus.attach('recorder', 'queue.depth', () => void emitted++)
  clock.advance(5_000)
  assert.is(emitted, 0)
  assert.is(bus.stats().invalid, 0)
  assert.equal(failures, [])
  poller.stop()
})

test('`measure` is given the bus and emits by itself', () => {
  const { bus, clock, poller } = poll([
    {
      name: 'queues',
      measure: (on) => {
        for (const queue of ['mail', 'jobs']) on.execute('queue.depth', { depth: 1 }, { queue })
      },
    },
  ])
  const queues: unknown[] = []
  bus.attach('recorder', 'queue.depth', (_event, _measurements, { queue }) => void queues.push(queue))
  clock.advance(0)
  assert.equal(queues, ['mail', 'jobs'])
  poller.stop()
})

test('`measure` with an `event` is called only while somebody listens to it', () => {
  let calls = 0
  const { bus, clock, poller } = poll([{ name: 'queues', event: 'queue.depth', measure: () => void calls++ }])
  clock.advance(1_000)
  assert.is(calls, 0)
  bus.attach('recorder', 'queue.depth', () => {})
  clock.advance(1_000)
  assert.is(calls, 1)
  poller.stop()
})

test('each measurement has its own period', () => {
  const calls = { fast: 0, slow: 0 }
  const { clock, poller } = poll([
    { name: 'fast', measure: () => void calls.fast++, periodMs: 100 },
    { name: 'slow', measure: () => void calls.slow++ },
  ])
  clock.advance(10_050)
  assert.equal(calls, { fast: 101, slow: 11 })
  poller.stop()
})

test('stop leaves nothing: no timer, nothing held, nothing emitted; and may be repeated', async () => {
  let released = 0
  let resolve: ((value: { value: number }) => void) | undefined
  const { bus, clock, failures, poller } = poll([
    { name: 'sync', measure: () => {}, release: () => void released++ },
    {
      name: 'broken',
      measure: () => {
        throw new Error('boom')
      },
      release: () => {
        throw new Error('release')
      },
    },
    {
      name: 'async',
      event: 'm.read',
      read: () =>
        new Promise((done) => {
          resolve = done
        }),
    },
  ])
  let emitted = 0
  bus.attach('recorder', 'm.read', () => void emitted++)
  clock.advance(10)
  poller.stop()
  poller.stop()
  poller[Symbol.dispose]()
  assert.is(clock.pending, 0)
  assert.is(released, 1)
  resolve?.({ value: 1 })
  await settle()
  clock.advance(60_000)
  assert.is(emitted, 0)
  assert.is(failures.length, 1)
  assert.is(clock.pending, 0)
})

test('a poller that a measurement or a handler stops stays stopped', async () => {
  const first: { poller?: Poller } = {}
  const inMeasure = poll([{ name: 'm', measure: () => first.poller?.stop() }])
  first.poller = inMeasure.poller
  inMeasure.clock.advance(0)
  assert.is(inMeasure.clock.pending, 0)

  const inHandler = poll([{ name: 'm', measure: () => Promise.reject(new Error('boom')) }])
  inHandler.bus.attach('stopper', 'telemetry.poller.failure', () => inHandler.poller.stop())
  inHandler.clock.advance(0)
  await settle()
  assert.is(inHandler.failures.length, 1)
  assert.is(inHandler.clock.pending, 0)
})

test('a name is polled once per bus, so that nothing is counted twice', () => {
  const measurement: PolledMeasurement = { name: 'm', measure: () => {} }
  const { bus, clock, poller } = poll([measurement])
  const pending = clock.pending
  assert.throws(
    () => startPoller(bus, { measurements: [{ name: 'other', measure: () => {} }, measurement] }),
    /'m' is polled/,
  )
  assert.is(clock.pending, pending)
  startPoller(bus, { measurements: [{ name: 'other', measure: () => {} }] }).stop()
  poller.stop()
  startPoller(bus, { measurements: [measurement] }).stop()
  assert.throws(() => startPoller(bus, { measurements: [measurement, { ...measurement }] }), /'m' is polled/)
})

test('bad options throw and start nothing', () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  const measure = () => {}
  const wrong: unknown[] = [
    null,
    { period: 1_000 },
    { periodMs: 0 },
    { periodMs: Number.NaN },
    { periodMs: 2 ** 31 },
    { initialDelayMs: -1 },
    { timeoutMs: '5' },
    { maxBackoffMs: 0 },
    { measurements: {} },
    { measurements: [null] },
    { measurements: [{ measure }] },
    { measurements: [{ name: 'm' }] },
    { measurements: [{ name: 'm', read: measure }] },
    { measurements: [{ name: 'm', event: 'a b', measure }] },
    { measurements: [{ name: 'm', event: 'a', read: measure, measure }] },
    { measurements: [{ name: 'm', measure: 7 }] },
    { measurements: [{ name: 'm', measure, release: 7 }] },
    { measurements: [{ name: 'm', measure, periodMs: -5 }] },
    { measurements: [{ name: 'm', measure, timeoutMs: 0 }] },
  ]
  for (const options of wrong) {
    assert.throws(
      // @ts-expect-error wrong on purpose
      () => startPoller(bus, options),
      (error: unknown) => error instanceof TelemetryError && error.code === 'invalid_option',
      JSON.stringify(options),
    )
  }
  assert.is(clock.pending, 0)
})

test.run()
