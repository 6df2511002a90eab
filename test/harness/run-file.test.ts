import * as assert from 'uvu/assert'
import { fixtureFiles } from './fixture-files.ts'
import { type FileResult, type RunOptions, runFile } from './run-file.ts'
import { suite } from './suite.ts'

const test = suite('harness/run-file', { limitMs: 60_000 })

/** Runs a test file made of `body` and gives the result. */
async function run(body: string, options: Partial<RunOptions> = {}): Promise<FileResult> {
  using files = fixtureFiles()
  return await runFile(files.write('subject', body), { limitMs: 30_000, ...options })
}

const problems = (result: FileResult): string =>
  result.failures.map(({ name, problem }) => `${name}: ${problem}`).join('\n')

test('passing tests are counted', async () => {
  const result = await run(`const test = suite('fine'); test('one', () => {}); test('two', async () => {}); test.run()`)

  assert.is(problems(result), '')
  assert.is(result.passed, 2)
})

test('a failing test is named, with its message and the difference, and the others still run', async () => {
  const result = await run(`
    const test = suite('shop')
    test('adds up', () => assert.equal({ sum: 3 }, { sum: 4 }))
    test('still runs', () => {})
    test.run()`)

  assert.is(result.passed, 1)
  assert.is(result.failures.length, 1)
  assert.is(result.failures[0]?.name, 'shop "adds up"')
  assert.match(result.failures[0]?.problem ?? '', /Expected values to be deeply equal[\s\S]*"sum":.3[\s\S]*"sum":.4/)
})

test('a thrown value that is not an Error fails its test only', async () => {
  const result = await run(`
    const test = suite('odd')
    test('throws a string', () => { throw 'plain' })
    test('throws nothing', () => { throw undefined })
    test('still runs', () => {})
    test.run()`)

  assert.is(result.passed, 1)
  assert.match(problems(result), /throws a string": thrown: 'plain'/)
  assert.match(problems(result), /throws nothing": thrown: undefined/)
})

test('a test over its time limit fails by name', async () => {
  const result = await run(`
    const test = suite('slow', { limitMs: 50 })
    test('never settles', () => new Promise(() => {}))
    test('still runs', () => {})
    test.run()`)

  assert.is(result.passed, 1)
  assert.match(problems(result), /^slow "never settles": slow "never settles" is still running after 50 ms/)
})

test('a file that hangs is killed at its limit and names the test it hung in', async () => {
  const body = `const test = suite('stuck'); test('first', () => {}); test('spins', () => { for (;;); }); test.run()`
  const result = await run(body, { limitMs: 8_000 })

  assert.is(result.passed, 1)
  assert.match(problems(result), /^stuck "spins": killed: still running after 8 s/)
})

test('a file that crashes while it is loaded fails with what it printed', async () => {
  const result = await run(`throw new Error('broken at load')`)

  assert.is(result.passed, 0)
  assert.match(problems(result), /exited with code 1 before all its tests had run/)
  assert.match(result.output, /broken at load/)
})

test('an exception outside a test crashes the file and names the test that was running', async () => {
  const result = await run(`
    const test = suite('crash')
    test('waits', () => new Promise((resolve) => { setTimeout(() => { throw new Error('stray') }); setTimeout(resolve, 500) }))
    test.run()`)

  assert.match(problems(result), /^crash "waits": exited with code 1 before/)
  assert.match(result.output, /stray/)
})

test('a file that exits before all its tests ran fails, even with code 0', async () => {
  const result = await run(`
    const test = suite('leaves')
    test('one', () => {})
    test('exits', () => process.exit(0))
    test('never reached', () => {})
    test.run()`)

  assert.is(result.passed, 1)
  assert.match(problems(result), /^leaves "exits": exited with code 0 before all its tests had run/)
})

test('a file killed by a signal fails', async () => {
  const result = await run(
    `process.kill(process.pid, 'SIGKILL'); await new Promise((resolve) => setTimeout(resolve, 5_000))`,
  )

  assert.match(problems(result), /ended by SIGKILL/)
})

test('a file without .run() fails', async () => {
  const result = await run(`const test = suite('forgotten'); test('one', () => {})`)

  assert.is(result.passed, 0)
  assert.match(problems(result), /suite 'forgotten' has tests and no call of \.run\(\)/)
})

test('a file without tests fails', async () => {
  const result = await run(`const test = suite('empty'); test.run()`)

  assert.match(problems(result), /ran no test/)
})

test('of two suites the one without .run() is noticed', async () => {
  const result = await run(`
    const first = suite('first'); first('one', () => {}); first.run()
    const second = suite('second'); second('two', () => {})`)

  assert.is(result.passed, 1)
  assert.match(problems(result), /suite 'second' has tests/)
})

test('tests left out by only or skip fail the file', async () => {
  const only = await run(`const test = suite('part'); test('a', () => {}); test.only('b', () => {}); test.run()`)
  const skip = await run(`const test = suite('part'); test('a', () => {}); test.skip('b', () => {}); test.run()`)

  assert.match(problems(only), /left out by \.skip or \.only: 1/)
  assert.match(problems(skip), /left out by \.skip or \.only: 1/)
})

test('a failing hook fails the file and says how many tests it cost', async () => {
  const result = await run(`
    const test = suite('hooked')
    test.before(() => { throw new Error('no ground') })
    test('one', () => {})
    test('two', () => {})
    test.run()`)

  assert.is(result.passed, 0)
  assert.match(problems(result), /^hooked before: no ground/)
  assert.match(problems(result), /never begun: 2 of its tests/)
})

test('a timer left running after the last test fails the file', async () => {
  const result = await run(`
    const test = suite('leaky')
    test('starts a timer', () => { setInterval(() => {}, 10_000) })
    test.run()`)

  assert.is(result.passed, 1)
  assert.match(problems(result), /still open after the last test: .*Timeout/)
})

test('a rejection nobody handles after the last test fails the file', async () => {
  const result = await run(`
    const test = suite('late')
    test('leaves a promise', () => { setTimeout(() => Promise.reject(new Error('too late')), 100) })
    test.run()`)

  assert.is(result.passed, 1)
  assert.match(problems(result), /exited with code 1 after its last test/)
  assert.match(result.output, /too late/)
})

test('a process left behind does not hold up the file', async () => {
  const result = await run(`
    import { spawn } from 'node:child_process'
    const test = suite('parent')
    test('leaves a child', () => spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit' }).unref())
    test.run()`)

  assert.is(problems(result), '')
  assert.ok(result.ms < 20_000, `${result.ms}`)
})

test('a command that does not exist is a failure, not a crash of the runner', async () => {
  const result = await run('', { command: ['/nonexistent/runtime'] })

  assert.match(problems(result), /before all its tests had run/)
  assert.match(result.output, /ENOENT/)
})

test('aborting kills the file', async () => {
  const result = await run(`await new Promise((resolve) => setTimeout(resolve, 20_000))`, {
    signal: AbortSignal.timeout(500),
  })

  assert.match(problems(result), /ended by SIGKILL/)
})

test.run()
