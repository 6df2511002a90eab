import * as assert from 'uvu/assert'
import { TelemetryError } from '../../src/core/errors.ts'
import { suite } from '../harness/suite.ts'
import { setupActors } from './set-up.ts'

const test = suite('actor/names')
const hasCode = (code: string) => (error: unknown) => error instanceof TelemetryError && error.code === code

test('a name is of one actor, and an actor has one name', () => {
  const { system } = setupActors()
  const [one, other] = [system.spawn(() => {}, { name: 'till' }), system.spawn(() => {})]
  assert.is(system.whereis('till'), one)
  assert.throws(() => system.register('till', other), hasCode('name_taken'))
  assert.throws(() => system.spawn(() => {}, { name: 'till' }), hasCode('name_taken'))
  system.register('till', one)
  system.register('desk', one)
  assert.equal([system.whereis('till'), system.whereis('desk')], [undefined, one])
  assert.ok(system.unregister('desk'))
  assert.not.ok(system.unregister('desk'))
  assert.throws(() => system.register('', one), hasCode('invalid_option'))
  assert.is(system.processes().length, 2)
})

test('a name is free from the moment that its actor ends, before anybody hears of that', async () => {
  const { system, log, recorder } = setupActors()
  const first = system.spawn(() => {}, { name: 'till' })
  system.spawn(
    recorder({
      started: (ctx) => void ctx.monitor(first),
      signal: () => void log.push(system.whereis('till'), `${system.spawn(() => {}, { name: 'till' })}`),
    }),
  )
  await system.idle()
  system.exit(first, 'kill')
  assert.is(system.whereis('till'), undefined)
  await system.idle()
  assert.equal(log, [undefined, '<0.3.0>'])
  assert.throws(() => system.register('x', first), hasCode('actor_not_found'))
})

test('names that an object has of its own are names like others', () => {
  const { system } = setupActors()
  assert.is(system.whereis('__proto__'), undefined)
  const pid = system.spawn(() => {}, { name: '__proto__' })
  assert.is(system.whereis('__proto__'), pid)
})

test.run()
