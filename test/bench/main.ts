import { execFileSync, fork } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchDirectory, buildBench } from './build.ts'
import type { Assignment } from './child.ts'
import { type BenchResults, updateReadme } from './readme-table.ts'
import { printRow } from './report.ts'
import type { Effort, RowResult } from './row.ts'
import { rows } from './rows.ts'

/**
 * `npm run bench`: measures the rows, each in a process of its own with `--expose-gc`, prints them and, after a whole
 * run, writes `results.json` and the README's table. `--rows 2,3` runs some, `--quick` runs shallow; both write nothing.
 */
const { values } = parseArgs({ options: { rows: { type: 'string' }, quick: { type: 'boolean', default: false } } })
const effort: Effort = values.quick ? { rounds: 3, sliceMs: 4 } : { rounds: 15, sliceMs: 8 }
const numbers = values.rows?.split(',').map(Number) ?? Object.keys(rows).map(Number)
const unknown = numbers.filter((number) => rows[number] === undefined)
if (unknown.length > 0) {
  console.error(`bench: there is no row ${unknown.join(', ')}; there are ${Object.keys(rows).join(', ')}`)
  process.exit(1)
}

installPeers()
const entry = await buildBench()
const results: RowResult[] = []
for (const row of numbers) {
  const result = await runRow({ row, effort })
  if (result === undefined) continue
  printRow(result)
  results.push(result)
}
if (values.rows === undefined && !values.quick) store(results)

/** The peers are the bench's alone: the root's lock file knows nothing of them. */
function installPeers(): void {
  const { devDependencies }: { devDependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(benchDirectory, 'package.json'), 'utf8'),
  )
  const missing = Object.keys(devDependencies).filter((name) => !existsSync(join(benchDirectory, 'node_modules', name)))
  if (missing.length === 0) return
  console.log(`Installing the peers to measure against (npm ci --prefix test/bench): ${missing.join(', ')}`)
  execFileSync('npm', ['ci', '--prefix', benchDirectory], { stdio: 'inherit' })
}

/** One row in a fresh process, so that no row inherits the type feedback or the heap of another. */
function runRow(assignment: Assignment): Promise<RowResult | undefined> {
  const child = fork(entry, { cwd: benchDirectory, execArgv: ['--expose-gc'] })
  child.send(assignment)
  return new Promise((resolve) => {
    child.once('message', (result: RowResult) => resolve(result))
    child.once('exit', (code) => {
      // After a result this changes nothing: a promise is settled once.
      if (code !== 0) console.log(`\nrow ${assignment.row}: not measured, its process ended with code ${code}`)
      resolve(undefined)
    })
  })
}

function store(rows: readonly RowResult[]): void {
  const stored: BenchResults = { node: process.version, date: new Date().toISOString().slice(0, 10), rows }
  writeFileSync(join(benchDirectory, 'results.json'), `${JSON.stringify(stored, undefined, 2)}\n`)
  const written = updateReadme() ? 'results.json and the table of README.md' : 'results.json'
  console.log(`\nWrote ${written}.`)
}
