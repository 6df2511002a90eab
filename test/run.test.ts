import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { fixtureFiles } from './harness/fixture-files.ts'
import { suite } from './harness/suite.ts'

const test = suite('run', { limitMs: 60_000 })
const runner = fileURLToPath(new URL('./run.ts', import.meta.url))

/** Runs the runner as a command. */
function command(...args: string[]): { code: number | null; output: string; lastLine: string | undefined } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', runner, ...args], {
    encoding: 'utf8',
  })
  return { code: status, output: stdout + stderr, lastLine: stdout.trimEnd().split('\n').at(-1) }
}

const passing = `const test = suite('good'); test('one', () => {}); test('two', () => {}); test.run()`
const failing = `const test = suite('bad'); test('breaks', () => assert.is(1, 2)); test('holds', () => {}); test.run()`

test('ends with the sum of all files alone on the last line and exit code 0 when all passed', () => {
  using files = fixtureFiles()
  const { code, output, lastLine } = command(files.write('a', passing), files.write('b', passing))

  assert.is(code, 0, output)
  assert.is(lastLine, '4 passed, 0 failed')
  assert.match(output, /^ok {4}.*a\.test\.ts {2}2 passed/m)
})

test('exits with 1 when a test failed and still runs the other files', () => {
  using files = fixtureFiles()
  const { code, output, lastLine } = command(files.write('a', failing), files.write('b', passing))

  assert.is(code, 1)
  assert.is(lastLine, '3 passed, 1 failed')
  assert.match(output, /^FAIL {2}.*a\.test\.ts {2}1 passed, 1 failed/m)
  assert.match(output, /✘ bad "breaks"/)
})

test('a file over --limit is killed, reported, and counts as failed', () => {
  using files = fixtureFiles()
  const { code, output, lastLine } = command(
    '--limit',
    '3',
    files.write('hangs', 'await new Promise(() => setInterval(() => {}, 1_000))'),
  )

  assert.is(code, 1)
  assert.is(lastLine, '0 passed, 1 failed')
  assert.match(output, /hangs\.test\.ts[\s\S]*killed: still running after 3 s/)
})

test('a path that stands for no test fails', () => {
  const { code, output, lastLine } = command('test/no-such-folder')

  assert.is(code, 1)
  assert.match(output, /no test file at 'test\/no-such-folder'/)
  assert.is(lastLine, '0 passed, 1 failed')
})

test.run()
