import * as assert from 'uvu/assert'
import { genServer } from '../../src/actor/gen-server.ts'
import { supervisor } from '../../src/actor/supervisor.ts'
import { actorHealthMetrics } from '../../src/metrics/actor-health-metrics.ts'
import { createStore } from '../../src/metrics/create-store.ts'
import { setupActors } from '../actor/set-up.ts'
import { suite } from '../harness/suite.ts'

const test = suite('metrics/actor-health-metrics')

test('what has happened in the last minute is counted, and forgotten after it', async () => {
  const { system, bus, clock } = setupActors()
  const store = createStore({ metrics: actorHealthMetrics, clock })
  bus.attach('store', 'actor.**', (event, measurements, metadata) => store.recorder(event)?.(measurements, metadata))
  const counts = () =>
    Object.fromEntries(
      actorHealthMetrics.map(({ name }) => [name.replace('actor.lately.', ''), store.window(name, {})?.count ?? 0]),
    )
  const start = () =>
    genServer({
      handleCast() {
        throw new Error('out of tea')
      },
    })
  system.spawn(supervisor({ children: [{ id: 'server', options: { name: 'server' }, start }] }))
  const full = system.spawn(() => {}, { mailbox: { capacity: 1 } })
  await system.idle()
  for (let i = 0; i < 3; i++) system.trySend(full, i)
  for (let i = 0; i < 2; i++) {
    void system.cast('server', 'x')
    await system.idle()
  }
  assert.equal(counts(), { spawned: 5, panicked: 2, stopped: 2, restarts: 2, sent: 3, mailbox_full: 2 })
  clock.advance(70_000)
  assert.equal(counts(), { spawned: 0, panicked: 0, stopped: 0, restarts: 0, sent: 0, mailbox_full: 0 })
})

test.run()
