import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { defaultExports, lengthViolations, testFileViolations } from './harness/file-rules.ts'
import { importCycles } from './harness/import-cycles.ts'
import { importViolations, packageViolations } from './harness/import-rules.ts'
import { exportViolations } from './harness/published-entries.ts'
import { readSources, type Violation } from './harness/source-file.ts'
import { suite } from './harness/suite.ts'

// That each rule finds what it is for is tested beside the rules, in test/harness.
const test = suite('architecture', { limitMs: 30_000 })

const root = fileURLToPath(new URL('..', import.meta.url))
const files = readSources(root, ['src', 'handlers', 'test', 'examples'])
const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))

function assertNone(violations: readonly Violation[]): void {
  if (violations.length > 0) throw new Error(violations.map(({ path, problem }) => `${path}: ${problem}`).join('\n'))
}

test('every folder imports only what the table in src/README.md allows', () => {
  assert.ok(files.some(({ path }) => path === 'src/core/types.ts'))
  assertNone(importViolations(files))
})

test('published code imports the packages that package.json declares, optional peers lazily', () => {
  assertNone(packageViolations(files, manifest))
})

test('no file imports itself in a ring', () => {
  assertNone(importCycles(files.filter(({ path }) => path.endsWith('.ts'))))
})

test('no file is over 300 lines', () => {
  assertNone(lengthViolations(files))
})

test('nothing is exported as default', () => {
  assertNone(defaultExports(files))
})

test('every test file runs its suites, with our time limit', () => {
  assertNone(testFileViolations(files))
})

test('package.json publishes exactly the entries there are', () => {
  assertNone(exportViolations(files, manifest.exports))
})

test.run()
