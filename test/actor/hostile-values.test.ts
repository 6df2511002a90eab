import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { gate, setupActors, turn } from './set-up.ts'

const test = suite('actor/hostile-values', { limitMs: 30_000 })

test('a thenable that settles twice has ended once, and what runs after it is waited for', async () => {
  const { system, log } = setupActors()
  const { opened, open } = gate()
  // The cast: it is a promise as far as anybody can see.
  const twice = {
    // biome-ignore lint/suspicious/noThenProperty: that it settles twice is what is tested
    then(resolve: () => void, reject: (error: unknown) => void) {
      queueMicrotask(resolve)
      queueMicrotask(resolve)
      queueMicrotask(() => reject(new Error('too late')))
    },
  } as unknown as Promise<void>
  const pid = system.spawn({ started: () => twice, receive: () => twice })
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
