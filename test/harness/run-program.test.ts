import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { runProgram, statedOutput } from './run-program.ts'
import { suite } from './suite.ts'

const test = suite<{ folder: string }>('harness/run-program', { limitMs: 30_000 })

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'sonde-program-'))
})

test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }))

function write(folder: string, text: string): string {
  const file = join(folder, 'program.mts')
  writeFileSync(file, text)
  return file
}

test('a program that ends well gives what it printed', async ({ folder }) => {
  const file = write(folder, "const words: string[] = ['one', 'two']\nfor (const word of words) console.log(word)")
  assert.is(await runProgram(file), 'one\ntwo\n')
})

test('a program that is left hanging is ended, and what it had printed is told', async ({ folder }) => {
  const file = write(folder, "console.log('so far'); setInterval(() => {}, 1_000)")
  await rejects(runProgram(file, { limitMs: 4_000 }), /program\.mts is still running after 4000 ms[\s\S]*so far/)
})

test('a program that throws is told of with its error', async ({ folder }) => {
  await rejects(runProgram(write(folder, "throw new Error('broken')")), /ended with exit code 1[\s\S]*Error: broken/)
})

test('the stated output is the comment at the end, line for line', () => {
  assert.is(statedOutput('work()\n\n// Output:\n// one\n//\n//   two\n'), 'one\n\n  two\n')
})

test('the last Output block counts', () => {
  assert.is(statedOutput('\n// Output:\n// old\nwork()\n// Output:\n// new\n'), 'new\n')
})

test('without lines, without a block, and with code after it there is no stated output', () => {
  assert.is(statedOutput('work()\n'), undefined)
  assert.is(statedOutput('work()\n// Output:\n'), undefined)
  assert.is(statedOutput('\n// Output:\n// one\nwork()\n'), undefined)
})

async function rejects(promise: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.instance(error, Error)
  assert.match(String(error), message)
}

test.run()
