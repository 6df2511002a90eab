import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { lockDirectory } from '../../../src/delivery/outbox/directory-lock.ts'
import { suite } from '../../harness/suite.ts'

const test = suite<{ directory: string }>('delivery/outbox/directory-lock')
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'sonde-lock-'))
})
test.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }))

test('a directory is locked until it is given back', ({ directory }) => {
  const unlock = lockDirectory(directory)
  assert.throws(() => lockDirectory(directory), /uses '.*'; give each process/)
  unlock()
  lockDirectory(directory)()
})

test('the lock of a process that lives holds, and of one that has died does not', async ({ directory }) => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])
  await new Promise((resolve) => child.once('spawn', resolve))
  const start = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19]
  writeFileSync(join(directory, 'lock'), `${child.pid} ${start}`)
  assert.throws(() => lockDirectory(directory), new RegExp(`process ${child.pid} uses`))
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
  lockDirectory(directory)()
})

test('a process that has the number of the one that died is not taken for it', ({ directory }) => {
  writeFileSync(join(directory, 'lock'), `${process.pid} 1`)
  lockDirectory(directory)()
})

test('a lock that says nothing is taken over', ({ directory }) => {
  for (const text of ['', 'x', '-1 5', '0 0', '99999999999 1']) {
    writeFileSync(join(directory, 'lock'), text)
    lockDirectory(directory)()
  }
})

test('of many processes that start at once one gets a directory whose holder has died', async ({ directory }) => {
  writeFileSync(join(directory, 'lock'), '4194304 1')
  const source = new URL('../../../src/delivery/outbox/directory-lock.ts', import.meta.url).href
  const program = `
    const { lockDirectory } = await import(${JSON.stringify(source)})
    try { lockDirectory(${JSON.stringify(directory)}); console.log('got') } catch { console.log('refused') }
    process.stdin.resume()`
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 2] }),
  )
  const answerOf = async (child: ChildProcess) =>
    String(await new Promise((resolve) => child.stdout?.once('data', resolve))).trim()
  const said = await Promise.all(children.map(answerOf))
  for (const child of children) child.kill()
  assert.equal(said.sort(), ['got', 'refused', 'refused', 'refused'])
})

test.run()
