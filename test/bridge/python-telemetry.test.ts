import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'

const test = suite('bridge/python-telemetry', { limitMs: 60_000 })

const folder = fileURLToPath(new URL('./python/', import.meta.url))
const files = readdirSync(folder).filter((file) => /^test_telemetry_\w+\.py$/.test(file))

for (const file of files) {
  test(`${file} passes`, () => {
    const env = {
      ...process.env,
      PYTHONPATH: fileURLToPath(new URL('../../src/bridge/python', import.meta.url)),
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONIOENCODING: 'utf-8',
    }
    const { status, stderr } = spawnSync('/usr/bin/env', ['python3', `${folder}${file}`], { env, encoding: 'utf8' })
    assert.is(status, 0, stderr)
    assert.match(stderr, /Ran [1-9]\d* tests? in/)
  })
}

test('there are tests of the Python side', () => {
  assert.ok(files.length > 0)
})

test.run()
