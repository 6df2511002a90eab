import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { createStore } from '../../src/metrics/create-store.ts'
import { joerlMetrics } from '../../src/metrics/joerl-metrics.ts'
import * as actors from '../catalog/drivers/actor.ts'
import * as nodes from '../catalog/drivers/actor-node.ts'
import { suite } from '../harness/suite.ts'

const test = suite('metrics/joerl-metrics')

const KINDS = { counter: 'counter', sum: 'counter', lastValue: 'gauge', distribution: 'histogram', summary: 'summary' }

/** A store that counts what a run of the drivers emits. */
async function driven() {
  const store = createStore({ metrics: joerlMetrics, clock: actors.clock })
  for (const { clock, drive } of [actors, nodes]) {
    const bus = createBus({ clock })
    bus.attach('store', '**', (event, measurements, metadata) => store.recorder(event)?.(measurements, metadata))
    await drive(bus)
    bus.execute(['node', 'memory'], { rss: process.memoryUsage.rss() })
  }
  return store
}

test('names, kinds and labels are those of joerl: 41 of its document, 9 of its code, 3 of its plans', () => {
  const lines = joerlMetrics.map(({ type, exportName, tags }) =>
    [exportName, KINDS[type], ...(typeof tags === 'function' ? [] : tags)].join(' '),
  )
  assert.is(lines.length, 41 + 9 + 3)
  assert.fixture(`${lines.join('\n')}\n`, readFileSync('test/golden/joerl-metrics.txt', 'utf8'))
})

test('each moves when the thing happens that it is about', async () => {
  const store = await driven()
  const silent = joerlMetrics.map(({ name }) => name).filter((name) => [...store.points(name)].length === 0)
  assert.equal(silent, [])
  assert.is(store.stats().invalid, 0)
})

test('gauges fall when what they count is gone, and a counter counts each thing once', async () => {
  const store = await driven()
  const total = (name: string) =>
    [...store.points(`joerl.${name}`)].reduce(
      (sum, { value }) => sum + (typeof value === 'number' ? value : value.count),
      0,
    )
  for (const name of [
    ...['actors_active', 'mailbox_depth', 'mailbox_utilization_percent', 'mailbox_depth_max', 'registry_size'],
    ...['gen_server_calls_in_flight', 'gen_statem_current_state', 'scheduled_messages_active'],
    'node_connections_active',
  ])
    assert.is(total(name), 0, name)
  assert.is(total('actors_spawned_total'), total('actors_stopped_total'))
  assert.is(total('actor_lifetime_seconds'), total('actors_stopped_total'))
  assert.is(total('messages_processed_total'), total('message_processing_duration_seconds'))
})

test('utilization is in percent, and a state has its own label', () => {
  const store = createStore({ metrics: joerlMetrics, clock: actors.clock })
  store.recorder('actor.mailbox.depth')?.(
    { type_depth: 1, type_utilization: 0.25, type_max_depth: 1 },
    { type: 'Till' },
  )
  store.recorder('actor.gen_statem.transition')?.({ state_duration: 2e9 }, { type: 'Light', from: 'red', to: 'green' })
  assert.is(store.get('joerl.mailbox_utilization_percent', { type: 'Till' })?.value, 25)
  assert.ok(store.get('joerl.gen_statem_state_duration_seconds', { type: 'Light', state: 'red' }))
})

test.run()
