import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { compile, writeDeclarations } from './compile.ts'
import { manyEvents } from './many-events.ts'

/** What 500 events may cost, in seconds of checking on a machine that does nothing else. */
const TARGET = 2
/** One that runs other tests beside is slower than that. */
const SLACK = 5
/** About 660,000 when this was written; more work for the checker is seen here on a slow machine too. */
const MOST_INSTANTIATIONS = 800_000

const test = suite<{ folder: string }>('types', { limitMs: 120_000 })
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'sonde-types-'))
  await writeDeclarations(context.folder)
})

test.after(async ({ folder }) => {
  await rm(folder, { recursive: true })
})

test("a user's program compiles, and what it gets wrong does not", async ({ folder }) => {
  const { errors } = await compile([fixture('usage.ts'), fixture('errors.ts')], folder)
  assert.equal(errors, [])
})

test(`500 events with patterns over them are checked in ${TARGET} s`, async ({ folder }) => {
  const file = join(folder, 'many-events.ts')
  await writeFile(file, manyEvents(500))
  const { errors, checkSeconds, instantiations } = await compile([file], folder)
  assert.equal(errors, [])
  assert.ok(instantiations < MOST_INSTANTIATIONS, `${instantiations} instantiations`)
  assert.ok(checkSeconds < TARGET * SLACK, `took ${checkSeconds} s`)
})

test.run()
