import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { importsOf } from './harness/imports-of.ts'
import { publishedEntries } from './harness/published-entries.ts'
import { runProgram, statedOutput } from './harness/run-program.ts'
import { readSources } from './harness/source-file.ts'
import { suite } from './harness/suite.ts'

const test = suite('examples', { limitMs: 40_000 })

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'examples')
const published = new Set(
  [...publishedEntries(readSources(root, ['src', 'handlers'])).keys()].map((name) => `sonde${name.slice(1)}`),
)

/** What a page may import, `why not` otherwise: what a user of the package could. */
function refusal(specifier: string): string | undefined {
  if (specifier.startsWith('node:') || published.has(specifier)) return undefined
  return `imports '${specifier}', which the package does not publish`
}

const names = readdirSync(folder).filter((name) => name.endsWith('.ts'))

test('there are examples, each with a number of its own', () => {
  assert.ok(names.length >= 5, `found ${names.length}`)
  for (const name of names) assert.match(name, /^\d\d-[a-z0-9-]+\.ts$/)
  const numbers = names.map((name) => name.slice(0, 2))
  assert.is(new Set(numbers).size, numbers.length)
})

test('a private file, another package and an entry that does not exist are not for examples', () => {
  assert.ok(refusal('../src/core/bus.ts'))
  assert.ok(refusal('mitt'))
  assert.ok(refusal('sonde/core'))
  assert.ok(refusal('sonde/handlers/none'))
  assert.is(refusal('sonde/handlers/metrics'), undefined)
})

for (const name of names) {
  const file = join(folder, name)
  const text = readFileSync(file, 'utf8')

  test(`${name} imports what the package publishes and nothing else`, () => {
    const imports = importsOf({ path: file, text })
    assert.ok(imports.some(({ specifier }) => specifier === 'sonde'))
    assert.equal(
      imports.map(({ specifier }) => refusal(specifier)).filter((problem) => problem !== undefined),
      [],
    )
  })

  test(`${name} fits on a page and prints what it says`, async () => {
    assert.ok(text.split('\n').length <= 100, 'it has more than 100 lines')
    const stated = statedOutput(text)
    if (stated === undefined) throw new Error(`${name} does not end in an '// Output:' block`)
    assert.is(await runProgram(file), stated)
  })
}

test.run()
