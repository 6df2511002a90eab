import * as assert from 'uvu/assert'
import { defaultExports, lengthViolations, testFileViolations } from './file-rules.ts'
import { suite } from './suite.ts'

const test = suite('harness/file-rules')

test('300 lines are allowed, 301 are not', () => {
  const lines = (count: number): { path: string; text: string } => ({
    path: 'src/core/a.ts',
    text: 'x\n'.repeat(count),
  })

  assert.equal(lengthViolations([lines(300)]), [])
  assert.equal(lengthViolations([lines(301)]), [{ path: 'src/core/a.ts', problem: '301 lines, 300 at most' }])
})

for (const text of [
  'export default 1',
  'export default function a() {}',
  'export default class {}',
  'const a = 1; export { a as default }',
  "export { default } from './b.ts'",
]) {
  test(`finds the default export in: ${text}`, () => {
    assert.is(defaultExports([{ path: 'src/core/a.ts', text }]).length, 1)
    assert.is(defaultExports([{ path: 'handlers/x/index.ts', text }]).length, 1)
  })
}

test('importing a default, and a config file outside the tree, are no default exports', () => {
  assert.equal(defaultExports([{ path: 'src/core/a.ts', text: "import mitt from 'mitt'\nexport const a = mitt" }]), [])
  assert.equal(defaultExports([{ path: 'rollup.config.mjs', text: 'export default []' }]), [])
})

/** The problems of a test file of this text. */
function testProblems(text: string): string[] {
  return testFileViolations([{ path: 'test/core/a.test.ts', text }]).map(({ problem }) => problem)
}

test('a test file without .run() is found, also when it only talks of it', () => {
  assert.equal(testProblems("const test = suite('a')"), ['never calls .run()'])
  assert.equal(testProblems("// test.run()\nconst text = 'test.run()'"), ['never calls .run()'])
  assert.equal(testProblems("const test = suite('a')\ntest.run()"), [])
})

test("a test file that takes its suite from 'uvu' is found", () => {
  assert.equal(testProblems("import { test } from 'uvu'\ntest.run()"), [
    "takes its suite from 'uvu' instead of harness/suite.ts",
  ])
  assert.equal(testProblems("import * as assert from 'uvu/assert'\nimport type { Test } from 'uvu'\ntest.run()"), [])
})

test.run()
