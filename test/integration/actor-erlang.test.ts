import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { randomProgram, toErlang } from '../actor/erlang/program.ts'
import { runProgram } from '../actor/erlang/run-program.ts'
import { requireProgram } from '../harness/daemon.ts'
import { suite } from '../harness/suite.ts'

const test = suite('integration/actor-erlang', { limitMs: 300_000 })
const run = promisify(execFile)
const oracle = fileURLToPath(new URL('../actor/erlang/oracle.erl', import.meta.url))
/** By hand: SONDE_ERLANG_PROGRAMS=100000. */
const PROGRAMS = Number(process.env.SONDE_ERLANG_PROGRAMS ?? 3_000)
const SEED = Number(process.env.SONDE_SEED ?? Date.now() % 1_000_000)

/** What each actor got in one step, by whom it came from: Erlang promises an order for what comes from one only. */
function bySender(steps: string): string {
  return steps.replace(/\[(\{(?:exit|down|message),[^\]]*\})\]/g, (_, entries: string) => {
    const all = entries.split(/(?<=\}),(?=\{(?:exit|down|message),)/)
    const sender = (entry: string) => Number(/,(\d+),/.exec(entry)?.[1])
    return `[${all.sort((one, other) => sender(one) - sender(other)).join(',')}]`
  })
}

test(`${PROGRAMS} programs that link, monitor, trap and exit do what they do in Erlang (seed ${SEED})`, async () => {
  requireProgram('erl', 'erlang-base')
  const folder = mkdtempSync(join(tmpdir(), 'sonde-erlang-'))
  const programs = Array.from({ length: PROGRAMS }, (_, index) => randomProgram(SEED + index))
  const file = join(folder, 'programs.txt')
  writeFileSync(file, programs.map((program, index) => toErlang(index, program)).join(''))
  await run('erlc', ['-o', folder, oracle])
  // One scheduler: what is on its way arrives before anything else is done.
  const flags = ['-noshell', '+S', '1', '-pa', folder, '-run', 'oracle', 'main', file]
  const { stdout } = await run('erl', flags, { maxBuffer: 1e9, cwd: folder })
  const theirs = stdout.trim().split('\n')
  assert.is(theirs.length, PROGRAMS)
  for (const [index, program] of programs.entries()) {
    const ours = await runProgram(program)
    const wanted = theirs[index]?.replace(/^\d+ /, '') ?? ''
    assert.is(bySender(ours), bySender(wanted), `seed ${SEED + index}: ${toErlang(index, program)}`)
  }
  rmSync(folder, { recursive: true })
})

test.run()
