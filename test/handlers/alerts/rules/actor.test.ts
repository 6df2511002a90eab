import { actorRules, attachAlerts } from 'sonde/handlers/alerts'
import * as assert from 'uvu/assert'
import { supervisor } from '../../../../src/actor/supervisor.ts'
import { catalog } from '../../../../src/catalog/catalog.ts'
import { setupNodes } from '../../../actor/remote/set-up.ts'
import { setupActors } from '../../../actor/set-up.ts'
import { suite } from '../../../harness/suite.ts'

const test = suite('alerts/rules/actor')

test('every rule is over events that actors emit', () => {
  for (const rule of actorRules) {
    if (!('event' in rule)) throw new Error(`${rule.name} is about no event`)
    for (const event of [rule.event].flat()) {
      const known = catalog.lookup(event)
      assert.ok(known, `${rule.name}: nothing emits ${event}`)
      const keys = known?.metadata.map(({ key }) => key) ?? []
      for (const tag of rule.by ?? []) assert.ok(keys.includes(tag), `${rule.name}: ${event} has no ${tag}`)
    }
  }
})

test('actors that crash, fill up and are gone are alerts, and those that are well are none', async () => {
  const { system, bus, clock } = setupActors()
  const alerts = attachAlerts(bus, { rules: actorRules })
  const firing = () =>
    alerts
      .active()
      .map(({ rule, tags }) => [rule, ...Object.values(tags)].join(' '))
      .sort()
  const well = system.spawn(() => {}, { type: 'Well' })
  for (let i = 0; i < 50; i++) {
    system.trySend(well, i)
    await system.idle()
  }
  clock.advance(10_000)
  assert.equal(firing(), [])

  const crash = () => ({
    type: 'Bad',
    receive() {
      throw new Error('out of tea')
    },
  })
  system.spawn(supervisor({ restarts: 50, children: [{ id: 'bad', options: { name: 'bad' }, start: crash }] }))
  await system.idle()
  for (let i = 0; i < 51; i++) {
    system.trySend('bad', 'x')
    await system.idle()
  }
  for (let i = 0; i < 400; i++) system.trySend('nobody', 'x')
  const full = system.spawn(() => new Promise<void>(() => {}), { type: 'Full', mailbox: { capacity: 10 } })
  for (let i = 0; i < 11; i++) {
    system.trySend(full, i)
    if (i === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  clock.advance(10_000)
  assert.ok(firing().includes('actor_restart_loop <0.2.0>'))
  clock.advance(60_000)
  assert.equal(firing(), [
    'actor_abnormal_exits Bad',
    'actor_backpressure Full',
    'actor_panics Bad',
    'actor_restarts Bad',
    'actor_send_failures actor_not_found',
    'actor_short_lived Bad',
  ])
})

test('a node that is slow, comes and goes, and is sent what cannot be sent is an alert', async () => {
  const { a, b, clock, network, settle } = await setupNodes()
  const alerts = attachAlerts(a.bus, { rules: actorRules })
  for (let i = 0; i < 60; i++) {
    a.system.trySend(a.system.remote('b', 'till'), () => {})
    clock.advance(1_000)
    await settle()
  }
  for (let i = 0; i < 6; i++) {
    network.disconnect('a')
    network.reconnect('a')
    await settle()
  }
  for (let i = 0; i < 60; i++) {
    // What is asked within the first second is answered after the second one.
    clock.advance(1_000)
    clock.advance(1_000)
    await settle()
  }
  const firing = alerts
    .active()
    .map(({ rule, tags }) => [rule, ...Object.values(tags)].join(' '))
    .sort()
  assert.equal(firing, [
    'actor_connection_losses b',
    'actor_network_latency b',
    'actor_remote_failures b',
    'actor_serialization_errors',
  ])
  await b.system.shutdown()
})

test.run()
