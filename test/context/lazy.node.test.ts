import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'

const test = suite('context/lazy')

/** Runs a program in a process of its own and gives what it says about the storage, step by step. */
function storageAfter(...steps: readonly string[]): boolean[] {
  const root = new URL('../../', import.meta.url)
  const program = `
    import { createBus } from '${new URL('src/index.ts', root)}'
    import { bindContext, currentContext, correlate, snapshot, startTrace, withCorrelation } from '${new URL('src/context/index.ts', root)}'
    const made = () => globalThis[Symbol.for('sonde.context.v1')].storage !== undefined
    const bus = createBus()
    const told = []
    ${steps.map((step) => `${step}; told.push(made())`).join('\n')}
    console.log(JSON.stringify(told))`
  const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    cwd: root,
  })
  return JSON.parse(String(output))
}

test('the AsyncLocalStorage is made at the first scope, not by loading, correlating, reading or binding', () => {
  const made = storageAfter(
    'void 0',
    'correlate(bus)',
    "bus.attach('a', 'work', () => {}); bus.execute('work', {})",
    'currentContext()',
    'bindContext(() => {})()',
    'snapshot()(() => {})',
    'startTrace()',
    'withCorrelation(() => {})',
  )
  assert.equal(made, [false, false, false, false, false, false, false, true])
})

test('a correlated bus makes it with the first span that somebody listens to', () => {
  const made = storageAfter(
    "correlate(bus); bus.span('op', {}, () => {})",
    "bus.attach('a', 'op.stop', () => {}); bus.span('op', {}, () => {})",
  )
  assert.equal(made, [false, true])
})

test.run()
