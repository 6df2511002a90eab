import { type ActorProvider, attachProvider } from 'sonde/handlers/provider'
import { testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { supervisor } from '../../../src/actor/supervisor.ts'
import { setupActors } from '../../actor/set-up.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/provider')

test('behaves as a handler must', () =>
  testHandler(attachProvider, {
    options: {
      provider: {
        onActorSpawned() {},
        onActorStopped() {},
        onActorPanicked() {},
        onMessageSent() {},
        onMessageReceived() {},
        onSupervisorRestart() {},
      },
    },
    invalid: [
      {},
      { provider: null },
      { provider: {} },
      { provider: { onActorSpawned: 5 } },
      { provider: { onSpawned() {} } },
    ],
  }))

test('every callback is called when its thing happens, with what joerl gives it', async () => {
  const { system, bus, log } = setupActors()
  const provider: ActorProvider = {
    onActorSpawned: (...given) => void log.push(['spawned', ...given]),
    onActorStopped: (...given) => void log.push(['stopped', ...given]),
    onActorPanicked: (type, pid, error) => void log.push(['panicked', type, pid, String(error)]),
    onMessageSent: (...given) => void log.push(['sent', ...given]),
    onMessageReceived: (...given) => void log.push(['received', ...given]),
    onSupervisorRestart: (...given) => void log.push(['restart', ...given]),
  }
  attachProvider(bus, { provider })
  const worker = () => ({
    type: 'Worker',
    receive() {
      throw new Error('out of tea')
    },
  })
  system.spawn(supervisor({ strategy: 'rest_for_one', children: [{ id: 'w', options: { name: 'w' }, start: worker }] }))
  await system.idle()
  system.trySend('w', 'x')
  await system.idle()
  assert.equal(log, [
    ['spawned', 'supervisor', '<0.1.0>'],
    ['spawned', 'Worker', '<0.2.0>'],
    ['sent', undefined, '<0.2.0>'],
    ['received', '<0.2.0>'],
    ['panicked', 'Worker', '<0.2.0>', 'Error: out of tea'],
    ['stopped', 'Worker', '<0.2.0>', 'panic'],
    ['restart', 'w', 'rest_for_one'],
    ['spawned', 'Worker', '<0.3.0>'],
  ])
})

test('methods of a class keep their this, and only what it has methods for is listened to', () => {
  const { system, bus } = setupActors()
  class Counting {
    spawned = 0
    onActorSpawned() {
      this.spawned++
    }
  }
  const provider = new Counting()
  const { detach } = attachProvider(bus, { provider })
  assert.equal(
    bus.listHandlers().map(({ event }) => event),
    ['actor.spawned'],
  )
  system.spawn(() => {})
  detach()
  system.spawn(() => {})
  assert.is(provider.spawned, 1)
})

test.run()
