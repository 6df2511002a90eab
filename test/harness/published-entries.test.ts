import * as assert from 'uvu/assert'
import { type Exports, exportViolations, publishedEntries } from './published-entries.ts'
import { suite } from './suite.ts'

const test = suite('harness/published-entries')

const paths = [
  'src/index.ts',
  'src/core/bus.ts',
  'src/metrics/index.ts',
  'src/metrics/deep/index.ts',
  'handlers/slack/index.ts',
]
const files = paths.map((path) => ({ path, text: '' }))
const target = (name: string): object => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` })
const complete: Exports = {
  '.': target('index'),
  './metrics': target('metrics'),
  './handlers/*': target('handlers/*'),
  './package.json': './package.json',
}

/** The problems of the complete exports with some of them replaced; undefined takes one away. */
function problems(change: Record<string, unknown>): string[] {
  const exports = Object.fromEntries(
    Object.entries({ ...complete, ...change }).filter(([, value]) => value !== undefined),
  )
  return exportViolations(files, exports).map(({ problem }) => problem)
}

test('the entries are index.ts, the folders of src with an index.ts, and the handlers', () => {
  assert.equal(
    [...publishedEntries(files)],
    [
      ['.', 'index'],
      ['./metrics', 'metrics'],
      ['./handlers/slack', 'handlers/slack'],
    ],
  )
})

test('exports that agree with the sources pass', () => {
  assert.equal(problems({}), [])
})

test('a source without a name and a name without a source are found', () => {
  assert.equal(problems({ './metrics': undefined }), ["exports lacks './metrics'"])
  assert.equal(problems({ './cluster': target('cluster') }), ["exports['./cluster'] has no source"])
  assert.equal(problems({ './handlers/*': undefined }), ["exports lacks './handlers/*'"])
  assert.equal(problems({ './core/*': target('core/*') }), ["exports['./core/*'] has no source"])
})

test('a name that points elsewhere, or gives types after the default, is found', () => {
  const reversed = { default: './dist/metrics.js', types: './dist/metrics.d.ts' }

  assert.equal(problems({ './metrics': target('metric') }), [
    "exports['./metrics'] is not dist/metrics.js with its .d.ts",
  ])
  assert.equal(problems({ './metrics': reversed }), ["exports['./metrics'] is not dist/metrics.js with its .d.ts"])
})

test.run()
