import * as assert from 'uvu/assert'
import { importCycles } from './import-cycles.ts'
import { suite } from './suite.ts'

const test = suite('harness/import-cycles')

/** Finds the rings of files given as name and text, all in src/core. */
function cycles(files: Readonly<Record<string, string>>): string[] {
  const sources = Object.entries(files).map(([name, text]) => ({ path: `src/core/${name}.ts`, text }))
  return importCycles(sources).map(({ problem }) => problem.replaceAll('src/core/', ''))
}

test('a ring of three is reported once, from where it begins', () => {
  const ring = { a: "import './b.ts'", b: "import './c.ts'", c: "await import('./a.ts')", d: "import './a.ts'" }
  assert.equal(cycles(ring), ['import cycle: a.ts → b.ts → c.ts → a.ts'])
})

test('a file that imports itself is a ring', () => {
  assert.equal(cycles({ a: "import './a.ts'" }), ['import cycle: a.ts → a.ts'])
})

test('two ways to the same file are no ring, and types make none', () => {
  assert.equal(cycles({ a: "import './b.ts'; import './c.ts'", b: "import './c.ts'", c: '' }), [])
  assert.equal(cycles({ a: "import type { B } from './b.ts'", b: "export type { A } from './a.ts'" }), [])
})

test.run()
