import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { isAlive } from './is-alive.ts'

const test = suite('bridge/python-launcher', { limitMs: 60_000 })

const program = fileURLToPath(new URL('programs/modes.py', import.meta.url))
const parent = fileURLToPath(new URL('programs/parent.mjs', import.meta.url))
const env = {
  ...process.env,
  PYTHONPATH: fileURLToPath(new URL('../../src/bridge/python', import.meta.url)),
  PYTHONDONTWRITEBYTECODE: '1',
}

/** Runs `body` with a file for process ids; `ready` gives those of the worker, of the launcher and of all that it has started. */
async function inFolder<T>(body: (file: string, ready: () => Promise<number[]>) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-launcher-'))
  const file = join(folder, 'pids')
  const ready = async () => {
    while (!existsSync(file) || !readFileSync(file, 'utf8').includes('ready')) await sleep(5)
    return readFileSync(file, 'utf8')
      .split('\n')
      .map(Number)
      .filter(Number.isInteger)
      .filter((pid) => pid > 0)
  }
  try {
    return await body(file, ready)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function launch(mode: string, file: string): ChildProcess {
  return spawn('/usr/bin/env', ['python3', program, mode, file], { env, stdio: ['pipe', 'ignore', 'pipe'] })
}

for (const how of ['SIGKILL', 'SIGSEGV'] as const) {
  for (const mode of ['idle', 'loop', 'lock', 'idle+daemon', 'loop+daemon', 'lock+daemon']) {
    test(`${how} of the parent of one that is ${mode}: nothing is left after a quarter of a second`, () =>
      inFolder(async (file, ready) => {
        const child = spawn(process.execPath, [parent, program, mode, file], { env, stdio: 'ignore' })
        const pids = await ready()
        assert.is(pids.length, mode.endsWith('+daemon') ? 3 : 2)
        assert.ok(pids.every(isAlive))
        child.kill(how)
        await once(child, 'exit')
        await sleep(250)
        assert.equal(pids.filter(isAlive), [])
      }))
  }
}

test('a launcher that is killed itself takes its worker along', () =>
  inFolder(async (file, ready) => {
    const child = launch('lock', file)
    const pids = await ready()
    child.kill('SIGKILL')
    await once(child, 'exit')
    await sleep(250)
    assert.equal(pids.filter(isAlive), [])
  }))

test('it ends as its worker does, and what that has left behind ends too', async () => {
  for (const [mode, end] of [
    ['exit', [7, null]],
    ['raise', [1, null]],
    ['crash', [null, 'SIGSEGV']],
    ['exit+daemon', [7, null]],
  ] as const) {
    await inFolder(async (file, ready) => {
      const child = launch(mode, file)
      let stderr = ''
      child.stderr?.setEncoding('utf8').on('data', (text: string) => void (stderr += text))
      const exit = once(child, 'close')
      const pids = await ready()
      assert.equal(await exit, end, `${mode} ${stderr}`)
      if (mode === 'raise') assert.match(stderr, 'ValueError: out of tea')
      assert.equal(pids.filter(isAlive), [])
    })
  }
})

test('signals go to the worker: by the lifeline, or to the launcher', () =>
  inFolder(async (file, ready) => {
    for (const send of [
      (child: ChildProcess) => void child.stdin?.write('t'),
      (child: ChildProcess) => void child.kill('SIGTERM'),
    ]) {
      rmSync(file, { force: true })
      const child = launch('idle', file)
      const exit = once(child, 'exit')
      await ready()
      child.stdin?.write('zz')
      send(child)
      assert.equal(await exit, [null, 'SIGTERM'])
    }
  }))

test.run()
