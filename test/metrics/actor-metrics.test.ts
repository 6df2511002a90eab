import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { actorMetrics } from '../../src/metrics/actor-metrics.ts'
import { createStore } from '../../src/metrics/create-store.ts'
import * as actors from '../catalog/drivers/actor.ts'
import * as nodes from '../catalog/drivers/actor-node.ts'
import { suite } from '../harness/suite.ts'
import { checkNames } from './check-names.ts'

const test = suite('metrics/actor-metrics')

/** A store that counts what a run of the drivers emits. */
async function driven() {
  const store = createStore({ metrics: actorMetrics, clock: actors.clock })
  for (const { clock, drive } of [actors, nodes]) {
    const bus = createBus({ clock })
    bus.attach('store', 'actor.**', (event, measurements, metadata) => store.recorder(event)?.(measurements, metadata))
    await drive(bus)
  }
  return { store }
}

test('each metric moves when the thing happens that it is about', async () => {
  const { store } = await driven()
  const silent = actorMetrics.map(({ name }) => name).filter((name) => [...store.points(name)].length === 0)
  assert.equal(silent, [])
  assert.is(store.stats().invalid, 0)
})

test('what is empty and what has ended is nought again', async () => {
  const { store } = await driven()
  for (const name of [
    'active',
    'mailbox.depth',
    'mailbox.max_depth',
    'mailbox.utilization',
    'registry.size',
    'timers.active',
    'gen_server.calls_in_flight',
    'node.active',
  ])
    for (const { tags, value } of store.points(`actor.${name}`)) assert.is(value, 0, `${name} ${JSON.stringify(tags)}`)
})

test('what was made has ended, and nothing is counted twice', async () => {
  const { store } = await driven()
  const total = (name: string) =>
    [...store.points(name)].reduce((sum, { value }) => sum + (typeof value === 'number' ? value : value.count), 0)
  assert.is(total('actor.spawned'), total('actor.stopped'))
  assert.is(total('actor.lifetime.duration'), total('actor.stopped'))
  const panics = [...store.points('actor.stopped')].filter(({ tags }) => tags.reason === 'panic')
  assert.is(
    panics.reduce((sum, { value }) => sum + Number(value), 0),
    total('actor.panicked'),
  )
})

test('names are those of the catalog, and all tags are keys that the event has', () => {
  checkNames(actorMetrics)
})

test.run()
