import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { runChild } from './child.ts'

const test = suite('core/hostile in Node', { limitMs: 120_000 })

interface Outcome {
  readonly unhandled: number
  readonly failures: number
  readonly grown: number
}

test('ten thousand rejections and ten thousand promises that never settle leave nothing behind', async () => {
  const { unhandled, failures, grown } = await runChild<Outcome>('rejections')

  assert.is(unhandled, 0)
  assert.is(failures, 20_000)
  assert.ok(grown <= 1024 * 1024, `${grown} bytes`)
})

test.run()
