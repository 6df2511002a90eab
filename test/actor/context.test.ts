import * as assert from 'uvu/assert'
import { currentContext } from '../../src/context/current.ts'
import { withCorrelation } from '../../src/context/with-correlation.ts'
import { suite } from '../harness/suite.ts'
import { setupActors } from './set-up.ts'

const test = suite('actor/context')

test('a message is handled in the context of who has sent it, over any number of actors, and nothing else is', async () => {
  const { system, log } = setupActors()
  const last = system.spawn(async (message) => {
    await Promise.resolve()
    log.push(`${message}: ${currentContext()?.correlationId}`)
  })
  const middle = system.spawn(async (message, ctx) => {
    await Promise.resolve()
    await ctx.send(last, message)
  })
  const first = system.spawn((message, ctx) => void ctx.trySend(middle, message))
  withCorrelation('order-1', () => system.trySend(first, 'one'))
  system.trySend(first, 'none')
  withCorrelation('order-2', () => system.trySend(first, 'two'))
  await system.idle()
  assert.equal(log, ['one: order-1', 'none: undefined', 'two: order-2'])
})

test('a thousand at once are not mixed up', async () => {
  const { system, log } = setupActors()
  const actors = Array.from({ length: 10 }, (_, index) =>
    system.spawn(
      async (message, ctx) => {
        if (index % 3 === 0) await Promise.resolve()
        const next = actors[index + 1]
        if (next === undefined) log.push(message === currentContext()?.correlationId)
        else await ctx.send(next, message)
      },
      { mailbox: { capacity: 20 } },
    ),
  )
  const [first] = actors
  if (first === undefined) throw new Error('no actors')
  await Promise.all(
    Array.from({ length: 1_000 }, (_, i) => withCorrelation(`id-${i}`, () => system.send(first, `id-${i}`))),
  )
  await system.idle()
  assert.is(log.length, 1_000)
  assert.ok(log.every((one) => one === true))
})

test.run()
