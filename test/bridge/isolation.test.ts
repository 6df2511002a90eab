import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { removeDirectory } from '../harness/remove-directory.ts'
import { suite } from '../harness/suite.ts'
import { isAlive } from './is-alive.ts'
import { eventually, withBridge } from './set-up.ts'

const test = suite('bridge/isolation', { limitMs: 60_000 })

test('secrets of the environment are not inherited, what is given is', async () => {
  process.env['SONDE_CANARY'] = 'secret'
  await withBridge({ workers: 1, env: { GIVEN: 'yes' } }, async (bridge) => {
    const environment = new Map(Object.entries(Object(await bridge.call('environment'))))
    assert.is(environment.get('SONDE_CANARY'), undefined)
    assert.is(environment.get('GIVEN'), 'yes')
    assert.ok(environment.get('PATH'))
  })
  delete process.env['SONDE_CANARY']
})

test('modules that lie in the working directory or on PYTHONPATH are not imported', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-bridge-'))
  const canary = join(directory, 'canary')
  for (const name of ['json', 're', 'os', 'sonde_worker']) {
    writeFileSync(join(directory, `${name}.py`), `open(${JSON.stringify(canary)}, 'w').close()\n`)
  }
  await withBridge({ workers: 1, cwd: directory, env: { PYTHONPATH: directory } }, async (bridge) => {
    assert.is(await bridge.call('echo', [1]), 1)
  })
  assert.throws(() => readFileSync(canary), /ENOENT/)
  removeDirectory(directory)
})

test('data is never run: what looks like code comes back as it is', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-bridge-'))
  const canary = join(directory, 'canary')
  const payloads = [
    `__import__('os').system('touch ${canary}')`,
    `cos\nsystem\n(S'touch ${canary}'\ntR.`,
    { $: ['object', { __reduce__: `touch ${canary}` }] },
    { __class__: { __mro__: ['object'] } },
    `!!python/object/apply:os.system ["touch ${canary}"]`,
    `{{ ''.__class__.__mro__[1].__subclasses__() }}`,
    new TextEncoder().encode(`cos\nsystem\n(S'touch ${canary}'\ntR.`),
  ]
  await withBridge({ workers: 1 }, async (bridge) => {
    for (const payload of payloads) {
      assert.equal(await bridge.call('echo', [payload]), payload)
      if (typeof payload === 'string') await bridge.call(payload).catch(() => {})
    }
  })
  assert.throws(() => readFileSync(canary), /ENOENT/)
  removeDirectory(directory)
})

test('what a worker prints is a log line each, without secrets, and never confuses the calls', () =>
  withBridge({ workers: 1 }, async (bridge, emitted) => {
    assert.is(await bridge.call('chatter', [10_000_000]), 'done')
    assert.is(await bridge.call('echo', ['after']), 'after')
    const lines = () => emitted.filter(([event]) => event === 'python.log').map(([, , metadata]) => metadata)
    await eventually(() => lines().some(({ message }) => message === 'of C'))
    assert.ok(lines().every(({ message }) => String(message).length <= 4_100))
    assert.ok(
      lines().some(({ message, logger, level }) => message === 'problem' && logger === 'stderr' && level === 'error'),
    )
    assert.is(emitted.filter(([event]) => event === 'bridge.worker.terminated').length, 0)
  }))

test('close leaves nobody alive, descendants in sessions of their own included', async () => {
  let pids: number[] = []
  await withBridge({ workers: 1 }, async (bridge) => {
    pids = Object.values(Object(await bridge.call('descendants'))).map(Number)
    assert.ok(pids.length === 2 && pids.every(isAlive))
  })
  assert.equal(pids.filter(isAlive), [])
})

test('the death of this process ends all workers and their descendants', async () => {
  const program = fileURLToPath(new URL('programs/bridge-parent.ts', import.meta.url))
  for (const how of ['SIGKILL', 'SIGTERM', 'exit'] as const) {
    const child = spawn(process.execPath, ['--import', 'tsx', program, how], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    await eventually(() => text.includes('\n'))
    const pids: number[] = text.trim().split(' ').map(Number)
    assert.is(pids.length, 4, text)
    if (how !== 'exit') child.kill(how)
    await once(child, 'exit')
    await sleep(250)
    assert.equal(pids.filter(isAlive), [], how)
  }
})

test('an idle bridge does not keep its process alive', async () => {
  const program = fileURLToPath(new URL('programs/bridge-parent.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', program, 'idle'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code]: unknown[] = await once(child, 'exit')
  assert.is(code, 0)
})

test.run()
