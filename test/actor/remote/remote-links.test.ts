import * as assert from 'uvu/assert'
import { formatReason } from '../../../src/actor/exit-reason.ts'
import type { Pid } from '../../../src/actor/pid.ts'
import { suite } from '../../harness/suite.ts'
import { setupNodes } from './set-up.ts'

const test = suite('actor/remote/remote-links')

test('a monitor is told once: of the end, of nobody, of a node that is gone, and not when it was taken away', async () => {
  const { a, b, network, settle, pass } = await setupNodes()
  const log: unknown[] = []
  const watcher = a.system.spawn({
    started(ctx) {
      for (const name of ['one', 'two', 'three', 'nobody']) ctx.monitor(a.system.remote('b', name))
      ctx.demonitor(ctx.monitor(a.system.remote('b', 'two')))
    },
    receive: () => {},
    signal: (signal) => void (signal.type === 'down' && log.push(`${signal.pid} ${formatReason(signal.reason)}`)),
  })
  const one = b.system.spawn(() => {}, { name: 'one' })
  const two = b.system.spawn(() => {}, { name: 'two' })
  const three = b.system.spawn(() => {}, { name: 'three' })
  await settle()
  assert.equal(log.splice(0), ['<a.0.0> noproc'])
  b.system.exit(one, { custom: 'why' })
  await settle()
  assert.equal(log.splice(0), ['<b.1.0> custom: why'])
  assert.is(b.system.info(two)?.monitoredBy, 1)
  network.cut('a', 'b')
  await pass(4_000)
  assert.equal(log.splice(0), ['<a.0.0> noconnection', '<a.0.0> noconnection'])
  assert.is(b.system.info(three)?.monitoredBy, 0)
  network.mend()
  await pass(1_000)
  b.system.exit(two, 'kill')
  await settle()
  assert.equal(log, [])
  a.system.exit(watcher, 'kill')
})

test('who ends monitors nobody on other nodes any more', async () => {
  const { a, b, settle } = await setupNodes()
  const target = b.system.spawn(() => {}, { name: 'target' })
  const watcher = a.system.spawn({
    started: (ctx) => void ctx.monitor(a.system.remote('b', 'target')),
    receive() {},
  })
  await settle()
  assert.is(b.system.info(target)?.monitoredBy, 1)
  a.system.exit(watcher, 'kill')
  await settle()
  assert.is(b.system.info(target)?.monitoredBy, 0)
})

test('links go over nodes: both ends, the reasons, unlink, nobody, and a node that is gone', async () => {
  const { a, b, network, settle, pass } = await setupNodes()
  const log: unknown[] = []
  const trapping = {
    receive: () => {},
    signal: (signal: { type: string; from?: Pid; reason: Parameters<typeof formatReason>[0] }) =>
      void log.push(`${signal.from} ${formatReason(signal.reason)}`),
  }
  const here = a.system.spawn(trapping, { trapExit: true })
  const spawnThere = () => b.system.spawn(() => {})
  const [crashes, unlinked, cutOff] = [spawnThere(), spawnThere(), spawnThere()]
  for (const pid of [crashes, unlinked, cutOff]) a.system.link(here, pid)
  await settle()
  a.system.unlink(here, unlinked)
  b.system.exit(crashes, { shutdown: 'done' })
  b.system.exit(unlinked, 'kill')
  await settle()
  assert.equal(log.splice(0), ['<b.1.0> shutdown: done'])
  a.system.link(here, crashes)
  await settle()
  assert.equal(log.splice(0), ['<b.1.0> noproc'])
  network.cut('a', 'b')
  await pass(4_000)
  assert.equal(log.splice(0), ['<b.3.0> noconnection'])
  assert.is(b.system.isAlive(cutOff), false)
  network.mend()
  await pass(1_000)
  const plain = a.system.spawn(() => {})
  const other = spawnThere()
  a.system.link(plain, other)
  await settle()
  a.system.exit(plain, { custom: 'together' })
  await settle()
  assert.is(b.system.isAlive(other), false)
})

test('an exit signal does there what it does here', async () => {
  const { a, b, settle } = await setupNodes()
  const log: unknown[] = []
  const trapping = { receive: () => {}, signal: (signal: { type: string }) => void log.push(signal.type) }
  const [trapped, killed] = [b.system.spawn(trapping, { trapExit: true }), b.system.spawn(trapping, { trapExit: true })]
  a.system.exit(trapped, 'shutdown')
  a.system.exit(killed, 'kill')
  await settle()
  assert.equal(log, ['exit'])
  assert.equal([b.system.isAlive(trapped), b.system.isAlive(killed)], [true, false])
})

test.run()
