import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { runPython } from './run-python.ts'

const test = suite('bridge/python-side', { limitMs: 60_000 })

const folder = fileURLToPath(new URL('./python/', import.meta.url))
const files = readdirSync(folder).filter((file) => /^test_\w+\.py$/.test(file))

for (const file of files) {
  test(`${file} passes`, () => {
    const { status, stderr } = runPython([`${folder}${file}`])
    assert.is(status, 0, stderr)
    const [, ran] = /Ran (\d+) tests? in/.exec(stderr) ?? []
    assert.is(Number(ran), readFileSync(`${folder}${file}`, 'utf8').match(/^ {4}(?:async )?def test_/gm)?.length)
  })
}

test('there are tests of the Python side', () => {
  assert.ok(files.length > 0)
})

test.run()
