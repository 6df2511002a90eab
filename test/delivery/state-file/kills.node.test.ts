import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { createBus } from '../../../src/core/bus.ts'
import { openStateFile } from '../../../src/delivery/state-file/state-file.ts'
import { captureEvents } from '../../../src/testing/capture-events.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'
import { suite } from '../../harness/suite.ts'
import { random } from '../../metrics/random.ts'
import { parse } from './set-up.ts'

/** `KILLS=500 npx tsx test/run.ts --limit 900 test/delivery/state-file/kills.node.test.ts` for all that reference U1 asks for. */
const KILLS = Number(process.env['KILLS'] ?? 12)
const SEED = Number(process.env['SEED'] ?? 1)
const LONGEST_MS = 60

const test = suite<{ directory: string }>('delivery/state-file/kills', { limitMs: 60_000 + KILLS * 2_000 })
const program = fileURLToPath(new URL('children/count.ts', import.meta.url))
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'sonde-kills-'))
})
test.after.each(({ directory }) => removeDirectory(directory))

interface Said {
  readonly began?: number
  readonly durable?: number
  readonly closeMs?: number
}

function start(directory: string, way: string, hear: (said: Said) => void): ChildProcess {
  const execArgv = ['--import', import.meta.resolve('tsx')]
  return fork(program, [directory, way], { execArgv, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }).on('message', hear)
}

/** What the next start finds, and whether it had to say something about it. */
function openAfter(directory: string): { readonly n: number | undefined; readonly told: readonly string[] } {
  const bus = createBus()
  const { events } = captureEvents(bus, 'telemetry.state.*')
  const file = openStateFile({ bus, sink: 'next', directory, name: 'state', version: 1, parse, read: () => ({ n: 0 }) })
  file.close()
  return { n: file.initial?.n, told: events.map(({ metadata }) => String(metadata['reason'])) }
}

test(`${KILLS} times SIGKILL at a random moment: the file is readable and holds what flush has promised (seed ${SEED})`, async ({
  directory,
}) => {
  const next = random(SEED)
  let durable = 0
  for (let kill = 0; kill < KILLS; kill++) {
    let begun = () => {}
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve
    })
    const child = start(directory, 'count', (said) => {
      durable = Math.max(durable, said.durable ?? 0)
      if (said.began !== undefined) begun()
    })
    const gone = new Promise((resolve) => child.once('close', resolve))
    await Promise.race([hasBegun, gone])
    await sleep(next() * LONGEST_MS)
    child.kill('SIGKILL')
    await gone
    const { n = 0, told } = openAfter(directory)
    assert.ok(n >= durable, `kill ${kill}: ${n} of ${durable} (${told})`)
    // Killed between the two renames, it is the backup that is there.
    assert.ok(
      told.every((reason) => reason === 'missing'),
      `kill ${kill}: ${told}`,
    )
  }
  assert.ok(durable > KILLS, `only ${durable} were durable: the kills came too early`)
  assert.equal(
    readdirSync(directory).filter((name) => /corrupt|tmp/.test(name)),
    [],
  )
})

for (const way of ['end', 'process.exit', 'throw', 'reject', 'SIGTERM']) {
  test(`${way}: nothing is lost, and the end is not put off`, async ({ directory }) => {
    let closeMs = 0
    const child = start(directory, way, (said) => {
      closeMs = said.closeMs ?? closeMs
    })
    await new Promise((resolve) => child.once('close', resolve))
    assert.equal(openAfter(directory), { n: 100, told: [] })
    assert.ok(closeMs < 20, `${closeMs} ms`)
  })
}

test.run()
