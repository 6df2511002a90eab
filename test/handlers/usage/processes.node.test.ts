import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { attachUsage } from '../../../handlers/usage/index.ts'
import { createBus } from '../../../src/core/bus.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/usage in several processes', { limitMs: 120_000 })
const program = fileURLToPath(new URL('children/use.ts', import.meta.url))
/** By hand: SONDE_USAGE_KILLS=500. */
const KILLS = Number(process.env.SONDE_USAGE_KILLS ?? 12)

function start(directory: string, ...args: readonly string[]): ChildProcess {
  return fork(program, [directory, ...args], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
}

/** What is on disk, by a process that has counted nothing. */
function reportOf(directory: string) {
  const usage = attachUsage(createBus(), {
    directory,
    features: [{ name: 'tools', event: 'shop.tool', key: 'tool', distinct: 'user' }],
  })
  const { tools } = usage.report().features
  usage.detach()
  return tools
}

/** Whose files there are: of one that ended while it wrote there may be the backup only. */
const filesIn = (directory: string) => [
  ...new Set(readdirSync(directory).flatMap((name) => /^(usage-\d+\.json)(?:\.bak)?$/.exec(name)?.[1] ?? [])),
]

test('four processes at once count together exactly, and users that two of them have seen are one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-usage-'))
  const children = ['a', 'a', 'b', 'b'].map((user) => start(directory, '10000', 'close', user))
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]))
  assert.equal(codes, [0, 0, 0, 0])
  const tools = reportOf(directory)
  assert.is(tools?.total, 40_000)
  assert.is(
    tools?.top.reduce((sum, { count }) => sum + count, 0),
    40_000,
  )
  assert.is(tools?.distinct, 100)
  assert.ok(filesIn(directory).length <= 4)
  removeDirectory(directory)
})

for (const way of ['end', 'process.exit', 'throw', 'SIGTERM']) {
  test(`nothing is lost by ${way}, and the next process counts on in the same file`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-usage-'))
    for (const round of [1, 2]) {
      const child = start(directory, '1000', way)
      const exit = once(child, 'exit')
      if (way === 'SIGTERM') {
        await once(child, 'message')
        child.kill('SIGTERM')
      }
      await exit
      assert.is(reportOf(directory)?.total, round * 1_000)
    }
    assert.equal(filesIn(directory), ['usage-0.json'])
    removeDirectory(directory)
  })
}

test(`${KILLS} SIGKILLs: what was promised is there, nothing is counted twice, and the file can always be read`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-usage-'))
  let promised = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const child = start(directory, '0', 'write')
    let told = 0
    child.on('message', (number) => {
      told = Number(number)
    })
    await once(child, 'message')
    await sleep((kill * 37) % 120)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const before = promised
    promised = reportOf(directory)?.total ?? 0
    // What was told is on disk; what is on disk was counted, in the twenty since at most and those that were being written.
    assert.ok(promised >= before + told, `${promised} of ${before + told}`)
    assert.ok(promised <= before + told + 40, `${promised} of ${before + told}`)
  }
  assert.equal(filesIn(directory), ['usage-0.json'])
  assert.equal(
    readdirSync(directory).filter((name) => name.includes('corrupt')),
    [],
  )
  removeDirectory(directory)
})

test.run()
