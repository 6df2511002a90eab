import * as assert from 'uvu/assert'
import type { ActorContext, MailboxOptions } from '../../src/actor/actor.ts'
import { CallError } from '../../src/actor/call-error.ts'
import { genServer } from '../../src/actor/gen-server.ts'
import { suite } from '../harness/suite.ts'
import { setupActors } from './set-up.ts'

const test = suite('actor/copy-message')

/** What an actor with this mailbox gets of a message that is written to after it was sent. */
async function given(copy: NonNullable<MailboxOptions['copy']>, message: unknown, change: () => void = () => {}) {
  const { system } = setupActors()
  const got: unknown[] = []
  const pid = system.spawn({ receive: (one) => void got.push(one) }, { mailbox: { copy } })
  const result = system.trySend(pid, message)
  try {
    change()
  } catch (error) {
    got.push(error)
  }
  await system.idle()
  return { result, got }
}

test('by reference what the sender writes later is seen', async () => {
  const order = { items: [1] }
  const { got } = await given('reference', order, () => order.items.push(2))
  assert.is(got[0], order)
  assert.equal(order.items, [1, 2])
})

test('a structured clone is the actor’s own, cycles and kinds included, and pids stay pids', async () => {
  const { system } = setupActors()
  const pid = system.spawn(() => {})
  const order: Record<string, unknown> = {
    items: [1],
    at: new Date(5),
    bytes: new Uint8Array([1, 2]),
    tags: new Set(['a']),
    prices: new Map([['tea', { cents: 300 }]]),
    pid,
  }
  order.self = order
  const { got } = await given('structured', order, () => {
    order.items = 'changed'
    ;(order.prices as Map<string, unknown>).clear()
  })
  const [copy] = got as [typeof order]
  assert.ok(copy !== order && copy.self === copy)
  assert.equal(copy.items, [1])
  assert.equal(copy.prices, new Map([['tea', { cents: 300 }]]))
  assert.equal([copy.at, copy.bytes, copy.tags], [new Date(5), new Uint8Array([1, 2]), new Set(['a'])])
  assert.is(copy.pid, pid)
})

test('what has no clone is not sent, and nothing is thrown', async () => {
  for (const message of [() => {}, { f() {} }, Symbol('x'), new WeakMap(), { deep: [{ f: () => {} }] }]) {
    const { result, got } = await given('structured', message)
    assert.equal([result, got], ['not_serializable', []])
  }
  const { system } = setupActors()
  const server = system.spawn(genServer({ handleCall: () => 1 }), { mailbox: { copy: 'structured' } })
  const failure = await system.call(server, () => {}).catch((error: unknown) => error)
  assert.is(failure instanceof CallError && failure.failure, 'not_serializable')
})

test('a request of a call and a cast are copied, and the reply finds its way', async () => {
  const { system } = setupActors()
  const seen: unknown[] = []
  const look = (request: unknown, _from: unknown, _ctx?: ActorContext) => void seen.push(request)
  const server = genServer({ handleCall: look, handleCast: look })
  const pid = system.spawn(server, { mailbox: { copy: 'structured' } })
  const request = { n: 1 }
  await system.call(pid, request)
  await system.cast(pid, request)
  await system.idle()
  assert.equal(seen, [request, request])
  assert.ok(seen.every((one) => one !== request))
})

test('frozen, whoever writes to it is found out', async () => {
  const order = { items: [{ n: 1 }], none: undefined, bytes: new Uint8Array(2) }
  const { got } = await given('freeze', order, () => {
    const [first] = order.items
    if (first !== undefined) first.n = 2
  })
  assert.instance(got[0], TypeError)
  assert.is(got[1], order)
})

test('another word is refused', () => {
  const { system } = setupActors()
  const wrong: { readonly copy: string } = { copy: 'deep' }
  // The cast: a program in JavaScript may pass anything.
  const mailbox = wrong as MailboxOptions
  assert.throws(
    () => system.spawn(() => {}, { mailbox }),
    /'mailbox.copy' must be one of reference, structured, freeze/,
  )
})

test.run()
