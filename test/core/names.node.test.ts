import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { runChild } from './child.ts'

const test = suite('core/names in Node', { limitMs: 600_000 })
/** Distinct names; `NAMES=10000000` for the full measure. */
const NAMES = Number(process.env['NAMES'] ?? 1_000_000)
const BOUND = 2 * 1024 * 1024

interface Measured {
  readonly grown: number
  readonly heard: number
}

for (const wildcards of [0, 1]) {
  test(`${NAMES} distinct names with ${wildcards} wildcard handlers grow the heap by 2 MiB at most`, async () => {
    const { grown, heard } = await runChild<Measured>('names', {
      settings: { NAMES: `${NAMES}`, WILDCARD: `${wildcards}`, DOOR: 'execute' },
    })

    assert.ok(grown <= BOUND, `${grown} bytes`)
    assert.is(heard, wildcards * (NAMES + 20_000))
  })
}

for (const [door, share] of [
  ['malformed', 1],
  ['event', 0.2],
  ['span', 0.1],
  ['attach', 0.1],
] as const) {
  test(`distinct names given to ${door} grow the heap by 2 MiB at most`, async () => {
    const { grown } = await runChild<Measured>('names', {
      settings: { NAMES: `${NAMES * share}`, WILDCARD: '0', DOOR: door },
    })

    assert.ok(grown <= BOUND, `${grown} bytes`)
  })
}

test.run()
