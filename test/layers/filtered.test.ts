import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { filtered } from '../../src/layers/filtered.ts'
import { suite } from '../harness/suite.ts'

const test = suite('layers/filtered')

test('the handler gets what the predicate says true to, unchanged', () => {
  const bus = createBus()
  const seen: unknown[] = []
  const slow = filtered(
    (event: string, measurements: { readonly [key: string]: number }, metadata: object) =>
      event === 'a.b' && (measurements.duration ?? 0) > 10 && 'x' in metadata,
    (...call) => void seen.push(call),
  )
  bus.attach('slow', 'a.*', slow, 'config')
  const metadata = { x: 1 }
  const measurements = { duration: 11 }
  bus.execute('a.b', { duration: 10 }, metadata)
  bus.execute('a.c', measurements, metadata)
  bus.execute('a.b', measurements, {})
  bus.execute('a.b', measurements, metadata)
  assert.equal(seen, [['a.b', { duration: 11 }, { x: 1 }, 'config']])
})

test('what the handler returns is passed on, so a rejection is still a failure of it', async () => {
  const bus = createBus()
  const failures: string[] = []
  bus.attach(
    'watch',
    'telemetry.handler.failure',
    (_event, _measurements, metadata) => void failures.push(metadata.kind),
  )
  bus.attach(
    'rejects',
    'a',
    filtered(
      () => true,
      async () => Promise.reject(new Error('x')),
    ),
  )
  bus.execute('a', {})
  await new Promise(setImmediate)
  assert.equal(failures, ['rejection'])
})

test('a predicate that throws is a failure of the handler', () => {
  const bus = createBus()
  bus.attach('watch', 'telemetry.handler.failure', () => {})
  const keep = () => {
    throw new Error('x')
  }
  bus.attach(
    'broken',
    'a',
    filtered(keep, () => {}),
  )
  bus.execute('a', {})
  assert.is(bus.stats().failures, 1)
})

test('a predicate that is no function throws at once', () => {
  // The cast: for callers without types.
  const keep = 'yes' as unknown as () => boolean
  assert.throws(
    () => filtered(keep, () => {}),
    (error: { code: string }) => error.code === 'invalid_option',
  )
})

test.run()
