import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { suite } from '../harness/suite.ts'
import { setupActors } from './set-up.ts'

const test = suite('actor/tally-mailboxes')

test('whoever listens, and from when on: what is told is what waits', async () => {
  const step = fc.record({
    op: fc.constantFrom('spawn', 'send', 'send', 'send', 'run', 'kill', 'listen', 'leave', 'look'),
    which: fc.nat(9),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { system, bus } = setupActors()
      let capture: ReturnType<typeof captureEvents> | undefined
      const waiting = () => system.processes().map((pid) => system.info(pid)?.mailbox ?? 0)
      const sum = () => waiting().reduce((total, depth) => total + depth, 0)
      const check = () => {
        const last = capture?.events.splice(0).at(-1)?.measurements
        if (last === undefined) return
        assert.equal([last.type_depth, last.type_max_depth], [sum(), Math.max(0, ...waiting())])
      }
      for (const { op, which } of steps) {
        const pids = system.processes()
        const pid = pids[which % Math.max(1, pids.length)]
        if (op === 'spawn') system.spawn(() => {}, { type: 'T', mailbox: { capacity: 5 } })
        if (op === 'send' && pid !== undefined) system.trySend(pid, 1)
        if (op === 'run') await system.idle()
        if (op === 'kill' && pid !== undefined) system.exit(pid, 'kill')
        if (op === 'listen') capture ??= captureEvents(bus, ['actor.mailbox.depth'])
        if (op === 'leave') {
          capture?.detach()
          capture = undefined
        }
        if (op === 'look') {
          const [type] = system.observer().types
          assert.equal([type?.depth ?? 0, type?.maxDepth ?? 0], [sum(), Math.max(0, ...waiting())])
        }
        check()
      }
    }),
    { numRuns: 300 },
  )
})

test.run()
