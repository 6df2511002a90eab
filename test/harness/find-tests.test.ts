import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import * as assert from 'uvu/assert'
import { findTests } from './find-tests.ts'
import { suite } from './suite.ts'

const test = suite<{ root: string }>('harness/find-tests')

test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'sonde-find-'))
  const files = [
    'test/core/bus.test.ts',
    'test/core/clock.test.ts',
    'test/core/notes.ts',
    'test/core/span.node.test.ts',
    'test/architecture.test.ts',
    'test/integration/prometheus.test.ts',
    'test/bench/node_modules/x/a.test.ts',
    'test/types/fixtures/user.test.ts',
    'test/types/events.test.ts',
  ]
  for (const file of files) {
    mkdirSync(dirname(join(context.root, file)), { recursive: true })
    writeFileSync(join(context.root, file), '')
  }
})

test.after.each(({ root }) => rmSync(root, { recursive: true }))

/** Finds under `root` and gives paths below test/. */
function found(root: string, integration: boolean, ...narrowTo: string[]): string[] {
  return findTests(root, { integration, narrowTo }).map((file) => relative(join(root, 'test'), file))
}

test('takes every test file but those of bench, fixtures and integration', ({ root }) => {
  assert.equal(found(root, false), [
    'architecture.test.ts',
    'core/bus.test.ts',
    'core/clock.test.ts',
    'core/span.node.test.ts',
    'types/events.test.ts',
  ])
})

test('takes the integration tests alone when asked', ({ root }) => {
  assert.equal(found(root, true), ['integration/prometheus.test.ts'])
})

test('leaves out the tests about Node when another runtime is tried', ({ root }) => {
  const files = findTests(root, { integration: false, narrowTo: ['test/core'], portable: true })
  assert.equal(
    files.map((file) => relative(root, file)),
    ['test/core/bus.test.ts', 'test/core/clock.test.ts'],
  )
})

test('narrows to a folder or a file', ({ root }) => {
  assert.equal(found(root, false, 'test/core'), ['core/bus.test.ts', 'core/clock.test.ts', 'core/span.node.test.ts'])
  assert.is(found(root, false, 'test/core/', 'test/core/bus.test.ts').length, 3)
  assert.equal(found(root, false, 'test/integration/prometheus.test.ts'), ['integration/prometheus.test.ts'])
})

test('a name that stands for no test is an error', ({ root }) => {
  assert.throws(() => found(root, false, 'test/cor'), /no test file at 'test\/cor'/)
})

test.run()
