import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'

const test = suite('chaos/main', { limitMs: 60_000 })

function chaos(...args: readonly string[]) {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    '--import',
    import.meta.resolve('tsx'),
    main,
    ...args,
  ])
  return { status, stdout: String(stdout), stderr: String(stderr) }
}

test('--list names every file of scenarios with what it is about', () => {
  const { status, stdout } = chaos('--list')
  const files = readdirSync(new URL('scenarios', import.meta.url)).sort()
  assert.is(status, 0)
  assert.equal(
    stdout
      .trim()
      .split('\n')
      .map((line) => `${line.split(' ')[0]}.ts`),
    files,
  )
  for (const line of stdout.trim().split('\n')) assert.match(line, /^\S+ +\S+ \S+/)
})

test('a mistake on the command line is told, and nothing runs', () => {
  const mistakes = [[], ['tar-pot'], ['tar-pit', '--scale', '0']]
  for (const args of mistakes) {
    const { status, stdout, stderr } = chaos(...args)
    assert.equal([status, stdout], [2, ''], args.join(' '))
    assert.match(stderr, /^chaos: /)
  }
})

test('a run tells one line with a verdict, then the sum', () => {
  const { status, stdout } = chaos('blackout-60', '--seed', '3', '--scale', '0.01')
  const [line = '', sum] = stdout.trim().split('\n')
  const told: Record<string, unknown> = JSON.parse(line)
  assert.equal([told['scenario'], told['seed'], told['scale'], told['verdict']], ['blackout-60', 3, 0.01, 'pass'])
  const keys = 'versions load faults accepted delivered dropped duplicates max_rss_mib max_loop_lag_ms duration_ms'
  for (const key of keys.split(' ')) assert.ok(key in told, key)
  assert.equal([sum, status], ['1 passed, 0 failed', 0])
})

test.run()
