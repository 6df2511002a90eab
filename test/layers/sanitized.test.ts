import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { type SanitizedOptions, sanitized } from '../../src/layers/sanitized.ts'
import { suite } from '../harness/suite.ts'

const test = suite('layers/sanitized')

/** What a sanitized handler is given for one emit. */
function pass(options: SanitizedOptions, measurements: object, metadata: object): unknown[] {
  const seen: unknown[] = []
  const handler = sanitized(options, (_event: string, ...rest) => void seen.push(...rest))
  void handler('a', measurements, metadata, 'config')
  return seen
}

test('measurements and metadata come as plain, bounded data without secrets; the config as it is', () => {
  const [measurements, metadata, config] = pass(
    {},
    { duration: 1, ratio: Number.NaN },
    { password: 'x', at: new Date(0), big: 'x'.repeat(9_000) },
  )
  assert.equal(measurements, { duration: 1, ratio: 'NaN' })
  assert.equal(metadata, { password: '[redacted]', at: '1970-01-01T00:00:00.000Z', big: `${'x'.repeat(4_093)}…` })
  assert.is(config, 'config')
})

test('limits are those of toSafe', () => {
  assert.equal(pass({ depth: 1, items: 1 }, {}, { inner: {} })[1], { inner: '[Object]' })
})

test('only allowed keys pass, and dropped ones do not', () => {
  const metadata = { method: 'GET', route: '/', user: 'x' }
  assert.equal(pass({ allow: ['method', 'user'] }, {}, metadata)[1], { method: 'GET', user: 'x' })
  assert.equal(pass({ drop: ['user'] }, {}, metadata)[1], { method: 'GET', route: '/' })
  assert.equal(pass({ allow: ['method', 'user'], drop: ['user'] }, {}, metadata)[1], { method: 'GET' })
})

test('what the emitter changes afterwards does not show', () => {
  const bus = createBus()
  const kept: unknown[] = []
  bus.attach(
    'keeps',
    'a',
    sanitized({}, (_event, measurements, metadata) => void kept.push(measurements, metadata)),
  )
  const measurements = { count: 1 }
  const metadata = { list: [{ x: 1 }] }
  bus.execute('a', measurements, metadata)
  measurements.count = 2
  metadata.list.push({ x: 2 })
  metadata.list[0] = { x: 3 }
  assert.equal(kept, [{ count: 1 }, { list: [{ x: 1 }] }])
})

test('metadata that is nothing but a mark is a record of it', () => {
  assert.equal(pass({}, {}, new Proxy({}, {}))[1], { value: '[Proxy]' })
})

test.run()
