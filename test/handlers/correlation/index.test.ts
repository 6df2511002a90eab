import * as assert from 'uvu/assert'
import { attachCorrelation } from '../../../handlers/correlation/index.ts'
import { correlationOf } from '../../../src/context/correlation.ts'
import { withCorrelation } from '../../../src/context/with-correlation.ts'
import { createBus } from '../../../src/core/bus.ts'
import { TelemetryError } from '../../../src/core/errors.ts'
import { callUntyped, thrownBy } from '../../core/untyped.ts'
import { suite } from '../../harness/suite.ts'
import { correlated } from './setup.ts'

const test = suite('handlers/correlation/index')

test('every event in a context has its ids, until it is detached', async () => {
  const { bus, correlation, events } = correlated()
  withCorrelation('order-17', () => bus.execute('work', {}))
  await correlation.flush()
  correlation.detach()
  correlation.detach()
  withCorrelation('order-17', () => bus.execute('work', {}))
  assert.equal(
    events.map(({ metadata }) => metadata['correlation_id']),
    ['order-17', undefined],
  )
  assert.is(correlationOf(bus), undefined)
})

test('a second one on the same bus is refused and changes nothing; after detach it may come again', () => {
  const { bus, correlation, events } = correlated()
  const error = thrownBy(() => attachCorrelation(bus))
  assert.ok(error instanceof TelemetryError && error.code === 'already_attached')
  withCorrelation('bad id', () => bus.execute('work', {}))
  assert.is(events.length, 2)
  correlation.detach()
  attachCorrelation(bus).detach()
})

test('what is not taken is told of on every bus that is correlated', () => {
  const [one, two] = [correlated(), correlated()]
  withCorrelation('bad id', () => {})
  for (const { events } of [one, two]) {
    assert.equal(events[0]?.event, 'telemetry.correlation.rejected')
    assert.equal(events[0]?.metadata, { header: 'correlation_id', reason: 'malformed' })
    assert.equal(events[0]?.measurements, { length: 6 })
  }
  one.correlation.detach()
  two.correlation.detach()
})

test('wrong options are refused, and leave nothing behind', () => {
  const wrong = [
    null,
    7,
    { sendto: [] },
    { sendTo: 'orders.internal' },
    { sendTo: [''] },
    { sendTo: ['http://orders.internal'] },
    { sendTo: ['orders.internal/path'] },
    { sendTo: ['*orders'] },
    { sendTo: ['a..b'] },
    { sendTo: [7] },
    { trust: 'yes' },
    { echo: 1 },
    { maxSampledPerSecond: -1 },
    { maxSampledPerSecond: Number.NaN },
  ]
  for (const options of wrong) {
    const bus = createBus()
    const error = thrownBy(() => callUntyped(attachCorrelation, {}, bus, options))
    assert.ok(error instanceof TelemetryError && error.code === 'invalid_option', JSON.stringify(options))
    assert.is(correlationOf(bus), undefined)
  }
})

test('ids and baggage are sent to the hosts named, and to no other', () => {
  const sends = (sendTo: readonly string[], host: string) => {
    const bus = createBus()
    const { detach } = attachCorrelation(bus, { sendTo })
    const answer = correlationOf(bus)?.sendsTo(host)
    detach()
    return answer
  }
  const yes: [string, string][] = [
    ['orders.internal', 'orders.internal'],
    ['orders.internal', 'ORDERS.internal:8080'],
    ['Orders.Internal:8080', 'orders.internal:8080'],
    ['*.internal', 'a.b.internal:1'],
    ['*.internal:81', 'a.internal:81'],
    ['[::1]', '[::1]:9000'],
    ['[::1]:9000', '[::1]:9000'],
    ['*', 'anything:1'],
  ]
  const no: [string, string][] = [
    ['orders.internal', 'orders.internal.evil.example'],
    ['orders.internal', 'evilorders.internal'],
    ['orders.internal:8080', 'orders.internal'],
    ['*.internal', 'internal'],
    ['*.internal', 'evilinternal'],
    ['*.internal:81', 'a.internal:82'],
    ['[::1]', '[::2]'],
    ['orders.internal', ''],
  ]
  for (const [wanted, host] of yes) assert.is(sends([wanted], host), true, `${wanted} ${host}`)
  for (const [wanted, host] of no) assert.is(sends([wanted], host), false, `${wanted} ${host}`)
  assert.is(sends([], 'orders.internal'), false)
})

test.run()
