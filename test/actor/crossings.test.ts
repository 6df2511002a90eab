import * as assert from 'uvu/assert'
import type { ActorSystem } from '../../src/actor/actor-system.ts'
import { genServer } from '../../src/actor/gen-server.ts'
import { supervisor } from '../../src/actor/supervisor.ts'
import { createActorSystem } from '../../src/actor/system.ts'
import { currentContext } from '../../src/context/current.ts'
import { withCorrelation } from '../../src/context/with-correlation.ts'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import { setupNodes } from './remote/set-up.ts'

/** What the context crosses among actors, one row each; the rows of `test/context/crossings.test.ts` go on here. */
const test = suite('actor/crossings')

const seen = () => currentContext()?.correlationId

type Row = (system: ActorSystem, saw: (id: string | undefined) => void) => void

/** Runs a row in the context `mine`, beside a neighbour in another one. */
function crosses(what: string, row: Row): void {
  test(`it crosses ${what}`, async () => {
    const system = createActorSystem({ bus: createBus() })
    const [mine, other] = ['mine', 'other'].map((id) =>
      withCorrelation(id, () => new Promise((saw) => row(system, saw))),
    )
    assert.equal([await mine, await other], ['mine', 'other'])
    assert.is(seen(), undefined)
    await system.shutdown()
  })
}

crosses('a message to an actor', (system, saw) => {
  system.trySend(
    system.spawn(() => saw(seen())),
    1,
  )
})
crosses('a message that waits for room', (system, saw) => {
  const full = system.spawn((message) => (message === 2 ? saw(seen()) : undefined), { mailbox: { capacity: 1 } })
  for (const message of [1, 2]) void system.send(full, message)
})
crosses('an await within the handling of it', (system, saw) => {
  const pid = system.spawn(async () => {
    await new Promise(setImmediate)
    saw(seen())
  })
  system.trySend(pid, 1)
})
crosses('a message that a selective receive has waited for', (system, saw) => {
  const pid = system.spawn(async (message, ctx) => {
    if (message !== 'wait') return
    await ctx.receive((one) => one === 'go')
    saw(seen())
  })
  for (const message of ['wait', 'go']) system.trySend(pid, message)
})
crosses('calls over three actors, and a cast at their end', (system, saw) => {
  const last = system.spawn(genServer({ handleCast: () => saw(seen()) }))
  const middle = system.spawn(genServer({ handleCall: (_request, _from, ctx) => void ctx.cast(last, 1) }))
  const first = system.spawn(genServer({ handleCall: (_request, _from, ctx) => ctx.call(middle, 1) }))
  void system.call(first, 1)
})
crosses('the reply of a call', (system, saw) => {
  const server = system.spawn(genServer({ handleCall: () => 1 }))
  void system.call(server, 1).then(() => saw(seen()))
})
crosses('the start of an actor', (system, saw) => {
  system.spawn({ started: () => saw(seen()), receive() {} })
})
crosses('the start of the children of a supervisor', (system, saw) => {
  const child = { started: () => saw(seen()), receive() {} }
  system.spawn(supervisor({ children: [{ id: 'child', start: () => child }] }))
})
crosses('a message that is sent later', (system, saw) => {
  const pid = system.spawn(() => saw(seen()))
  system.sendAfter(1, pid, 1)
})

test('it crosses to an actor of another node, and back with the reply', async () => {
  const { a, b, settle } = await setupNodes()
  const far: unknown[] = []
  b.system.spawn(genServer({ handleCall: () => void far.push(seen()) }), { name: 'server' })
  const near = withCorrelation('mine', () => a.system.call(a.system.remote('b', 'server'), 1).then(seen))
  await settle()
  assert.equal([far, await near], [['mine'], 'mine'])
})

test.run()
