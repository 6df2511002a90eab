import * as assert from 'uvu/assert'
import type { Actor } from '../../src/actor/actor.ts'
import { suite } from '../harness/suite.ts'
import { gate, setupActors, turn } from './set-up.ts'

const test = suite('actor/hostile-values', { limitMs: 30_000 })

test('a thenable that settles twice has ended once, and what runs after it is waited for', async () => {
  const { system, log } = setupActors()
  const { opened, open } = gate()
  const twice = {
    // biome-ignore lint/suspicious/noThenProperty: a thenable that settles twice is what this is about
    then(resolve: () => void, reject: (error: unknown) => void) {
      queueMicrotask(resolve)
      queueMicrotask(resolve)
      queueMicrotask(() => reject(new Error('too late')))
    },
  }
  // As a program in JavaScript would: it is a promise as far as anybody can see.
  const actor: Actor = { receive() {} }
  Object.assign(actor, { started: () => twice, receive: () => twice })
  const pid = system.spawn(actor)
  system.trySend(pid, 'x')
  await system.idle()
  assert.ok(system.isAlive(pid))
  const slow = system.spawn(() => opened.then(() => void log.push('done')))
  system.trySend(slow, 'x')
  await turn()
  const idle = system.idle().then(() => log.push('idle'))
  await turn()
  open()
  await idle
  assert.equal(log, ['done', 'idle'])
})

test.run()
