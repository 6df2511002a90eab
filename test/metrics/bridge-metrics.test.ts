import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { bridgeMetrics } from '../../src/metrics/bridge-metrics.ts'
import { createStore } from '../../src/metrics/create-store.ts'
import * as bridge from '../catalog/drivers/bridge.ts'
import { suite } from '../harness/suite.ts'
import { checkNames } from './check-names.ts'

const test = suite('metrics/bridge-metrics', { limitMs: 60_000 })

test('each metric moves when the thing happens that it is about, and none is counted twice', async () => {
  const store = createStore({ metrics: bridgeMetrics, clock: bridge.clock })
  const bus = createBus({ clock: bridge.clock })
  const counts = new Map<string, number>()
  bus.attach('store', 'bridge.**', (event, measurements, metadata) => {
    counts.set(event, (counts.get(event) ?? 0) + 1)
    store.recorder(event)?.(measurements, metadata)
  })
  await bridge.drive(bus)
  const silent = bridgeMetrics.map(({ name }) => name).filter((name) => [...store.points(name)].length === 0)
  assert.equal(silent, [])
  assert.is(store.stats().invalid, 0)
  const total = (name: string) =>
    [...store.points(name)].reduce((sum, { value }) => sum + (typeof value === 'number' ? value : value.count), 0)
  assert.is(total('bridge.call.failures'), counts.get('bridge.call.exception'))
  assert.is(total('bridge.call.duration'), counts.get('bridge.call.start'))
  // What was made has ended.
  assert.is(total('bridge.worker.terminations'), counts.get('bridge.worker.spawn.start'))
  assert.is(total('bridge.pool.size'), 0)
})

test('names are those of the catalog, and all tags are keys that the event has', () => {
  checkNames(bridgeMetrics)
})

test.run()
