/**
 * The test runner: `tsx test/run.ts [--integration] [--jobs N] [--limit SECONDS] [--runtime COMMAND] [FILE|FOLDER …]`.
 *
 * Every file has a process of its own, as many at a time as there are cores. The last line is `N passed, N failed`; the exit
 * code is 1 when anything failed. `--runtime 'bun'` runs the files with another command than Node with tsx, without those that end in `.node.test.ts`.
 */
import { availableParallelism } from 'node:os'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findTests } from './harness/find-tests.ts'
import { formatResult } from './harness/format-result.ts'
import { type FileResult, runFile } from './harness/run-file.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const stopped = new AbortController()

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    integration: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(availableParallelism()) },
    limit: { type: 'string' },
    runtime: { type: 'string' },
  },
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort(signal))

let passed = 0
let failed = 0
const failing: string[] = []
try {
  const files = findTests(root, {
    integration: values.integration,
    narrowTo: positionals,
    portable: values.runtime !== undefined,
  })
  await runAll(files)
} catch (error) {
  failed++
  console.log(error instanceof Error ? error.message : String(error))
}
if (passed + failed === 0) failing.push('no test was run')
if (failing.length > 1) console.log(`\nfailing files:\n  ${failing.join('\n  ')}`)
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 || stopped.signal.aborted ? 1 : 0

async function runAll(files: readonly string[]): Promise<void> {
  const waiting = files.values()
  const work = async (): Promise<void> => {
    for (const file of waiting) {
      if (stopped.signal.aborted) return
      report(await runFile(file, runOptions()))
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Number(values.jobs)) }, work))
}

function runOptions(): Parameters<typeof runFile>[1] {
  const seconds = Number(values.limit ?? (values.integration ? 300 : 120))
  const options = { limitMs: seconds * 1_000, signal: stopped.signal }
  return values.runtime === undefined ? options : { ...options, command: values.runtime.split(' ') }
}

function report(result: FileResult): void {
  const label = relative(root, result.file)
  passed += result.passed
  failed += result.failures.length
  if (result.failures.length > 0) failing.push(label)
  console.log(formatResult(label, result))
}
