/**
 * The process of one test file: `node --import tsx test/harness/child.ts FILE REPORT`.
 * Runs the suites of FILE and appends its records to REPORT. The exit code is 0 unless something broke outside a test.
 */
import { appendFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { recorder, type TestRecord } from './test-record.ts'

/** How long sockets and processes may take to close after the last test. */
const GRACE_MS = 3_000

/** What uvu queues on `run()`: [errors, passed, left out, asked for]. */
type SuiteRun = () => Promise<[errors: true | string, passed: number, leftOut: number, tests: number]>

const [file, report] = process.argv.slice(2)
if (file === undefined || report === undefined) throw new Error('usage: child.ts FILE REPORT')

const write = (record: TestRecord): void => appendFileSync(report, `${JSON.stringify(record)}\n`)
// With UVU_DEFER uvu only queues; the first entry of a group is its title.
const queue: SuiteRun[] = []
Object.assign(globalThis, { UVU_DEFER: 1, UVU_QUEUE: [queue] })
recorder.write = write

await import(pathToFileURL(file).href)

let tests = 0
let leftOut = 0
for (const run of queue) {
  const [, , skipped, asked] = await run()
  tests += asked
  leftOut += skipped
}
write({ kind: 'end', tests, leftOut, neverRun: [...recorder.waiting] })

const stillOpen = setTimeout(() => {
  write({ kind: 'open', resources: process.getActiveResourcesInfo?.() ?? [] })
  process.exit(0)
}, GRACE_MS)
stillOpen.unref()
