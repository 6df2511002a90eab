import * as assert from 'uvu/assert'
import { supervisor } from '../../src/actor/supervisor.ts'
import type { SupervisorOptions } from '../../src/actor/supervisor-options.ts'
import { suite } from '../harness/suite.ts'

const test = suite('actor/supervisor-options')

test('what is no supervisor is refused', () => {
  const child = { id: 'a', start: () => () => {} }
  const rows: readonly (readonly [options: object, problem: RegExp])[] = [
    [{}, /'children' must be a list/],
    [{ children: [null] }, /'id' each/],
    [{ children: [{ id: 'a' }] }, /child 'a' must have a function 'start'/],
    [{ children: [child, child] }, /'id' of its own/],
    [{ children: [{ ...child, restart: 'sometimes' }] }, /'restart' of child 'a'/],
    [{ children: [{ ...child, shutdownMs: -1 }] }, /'shutdownMs' of child 'a'/],
    [{ children: [], strategy: 'all' }, /'strategy' must be one of/],
    [{ children: [], restarts: -1 }, /'restarts'/],
    [{ children: [], withinMs: 0 }, /'withinMs'/],
    [{ children: [], backoffMs: Number.NaN }, /'backoffMs'/],
  ]
  // The cast: what is wrong with them may be their type.
  for (const [options, problem] of rows) assert.throws(() => supervisor(options as SupervisorOptions), problem)
})

test.run()
