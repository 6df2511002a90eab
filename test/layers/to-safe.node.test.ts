import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'

const test = suite('layers/to-safe where node:util is missing')

test('where proxies cannot be told, one that throws is unreadable and nothing is thrown', () => {
  const program = `
    process.getBuiltinModule = undefined
    const { toSafe } = await import(${JSON.stringify(new URL('../../src/layers/to-safe.ts', import.meta.url).href)})
    const traps = new Proxy({}, { get: () => () => { throw new Error('trap') } })
    const { proxy: revoked, revoke } = Proxy.revocable([], {})
    revoke()
    console.log(JSON.stringify(toSafe({ a: new Proxy({}, traps), b: new Proxy([], traps), c: new Proxy(() => {}, traps), revoked })))`
  const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    encoding: 'utf8',
  })
  assert.equal(JSON.parse(output), { a: '[Unreadable]', b: '[Unreadable]', c: '[Function]', revoked: '[Unreadable]' })
})

test.run()
