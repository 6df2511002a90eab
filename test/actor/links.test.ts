import * as assert from 'uvu/assert'
import type { MonitorRef } from '../../src/actor/actor.ts'
import { suite } from '../harness/suite.ts'
import { uncaughtDuring } from '../interop/uncaught.ts'
import { gate, setupActors, turn } from './set-up.ts'

const test = suite('actor/links')

test('a link is one however often it is made, and of an actor to itself it is none', async () => {
  const { system, log, recorder } = setupActors()
  const trapping = system.spawn(recorder(), { trapExit: true })
  const other = system.spawn(() => {})
  for (let i = 0; i < 3; i++) system.link(trapping, other)
  system.link(other, trapping)
  system.link(other, other)
  assert.equal(system.info(other)?.links, [trapping])
  system.exit(other, 'kill')
  await system.idle()
  assert.equal(log, [`exit ${other} killed`])
})

test('what was unlinked is not heard of any more, from either side', async () => {
  const { system, log, recorder } = setupActors()
  const trapping = system.spawn(recorder(), { trapExit: true })
  const [one, other] = [system.spawn(() => {}), system.spawn(() => {})]
  for (const pid of [one, other]) system.link(trapping, pid)
  system.unlink(trapping, one)
  system.unlink(other, trapping)
  for (const pid of [one, other]) system.exit(pid, 'kill')
  await system.idle()
  assert.equal(log, [])
})

test('each monitor is told once, and one that was taken away is not', async () => {
  const { system, log, recorder } = setupActors()
  const target = system.spawn(() => {})
  const refs: MonitorRef[] = []
  const watcher = system.spawn(
    recorder({ started: (ctx) => void refs.push(ctx.monitor(target), ctx.monitor(target), ctx.monitor(target)) }),
  )
  await system.idle()
  const asked: string[] = []
  const outside = system.monitor(target, () => asked.push('outside'))
  system.monitor(target, () => asked.push('still'))
  assert.is(system.info(target)?.monitoredBy, 5)
  assert.ok(system.demonitor(target, outside))
  assert.not.ok(system.demonitor(target, outside))
  const demonitor = system.spawn(() => {})
  system.link(demonitor, watcher)
  system.exit(target, 'shutdown')
  await system.idle()
  assert.equal(log, Array(3).fill(`down ${target} shutdown`))
  assert.equal(asked, ['still'])
})

test('a down that waits is taken out with flush, and stays without', async () => {
  const { system, log, recorder } = setupActors()
  const { opened, open } = gate()
  const targets = [system.spawn(() => {}), system.spawn(() => {})]
  const results: boolean[] = []
  const watcher = system.spawn(
    recorder({
      async receive(_message, ctx) {
        const [kept, flushed] = targets.map((target) => ctx.monitor(target))
        await opened
        if (kept === undefined || flushed === undefined) return
        results.push(
          ctx.demonitor(kept),
          ctx.demonitor(flushed, { flush: true }),
          ctx.demonitor(flushed, { flush: true }),
        )
      },
    }),
  )
  system.trySend(watcher, 'go')
  await turn()
  for (const target of targets) system.exit(target, 'kill')
  open()
  await system.idle()
  assert.equal(results, [false, true, false])
  assert.equal(log, [`down ${targets[0]} killed`])
})

test('a monitor of a name that nobody has is told at once', async () => {
  const { system } = setupActors()
  let told = ''
  system.monitor('nobody', ({ pid, reason }) => {
    told = `${pid} ${String(reason)}`
  })
  assert.is(told, '<0.0.0> noproc')
})

test('one who is told and throws costs the others nothing', async () => {
  const { system, log, recorder } = setupActors()
  const target = system.spawn(() => {})
  const linked = system.spawn(recorder(), { trapExit: true })
  const other = system.spawn(() => {})
  system.link(target, linked)
  system.link(target, other)
  system.monitor(target, () => {
    throw new Error('not today')
  })
  system.monitor(target, () => log.push('told'))
  const uncaught = await uncaughtDuring(() => system.exit(target, 'kill'))
  await system.idle()
  assert.equal(uncaught, [new Error('not today')])
  assert.equal(log, ['told', `exit ${target} killed`])
  assert.not.ok(system.isAlive(other))
})

test('who ends is linked to nobody and monitors nobody any more', async () => {
  const { system, recorder } = setupActors()
  const target = system.spawn(recorder(), { trapExit: true })
  const pid = system.spawn({ receive: () => {}, started: (ctx) => void ctx.monitor(target) })
  system.link(pid, target)
  await system.idle()
  assert.equal([system.info(target)?.links, system.info(target)?.monitoredBy], [[pid], 1])
  system.exit(pid, 'kill')
  assert.equal([system.info(target)?.links, system.info(target)?.monitoredBy], [[], 0])
})

test('an actor that ends leaves nothing behind at those that it monitored or was linked to', () => {
  const { system, recorder } = setupActors()
  const target = system.spawn(() => {})
  for (let i = 0; i < 1_000; i++) {
    const pid = system.spawn(recorder())
    system.link(pid, target)
    system.unlink(target, pid)
    system.monitor(target, () => {})
    system.exit(pid, 'kill')
  }
  assert.equal([system.info(target)?.links, system.info(target)?.monitoredBy], [[], 1_000])
  assert.is(system.processes().length, 1)
})

test.run()
