import * as assert from 'uvu/assert'
import { runInSlices, Stopped } from '../../src/delivery/slices.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/slices')

/** Yields `steps` times and keeps the processor for `ms` before each. */
function* busy(steps: number, ms: number): Generator<number, string> {
  for (let step = 1; step <= steps; step++) {
    for (const end = performance.now() + ms; performance.now() < end; );
    yield step
  }
  return 'done'
}

/** Turns of the event loop while `work` runs. */
async function turnsOf(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let isRunning = true
  const count = () => {
    turns++
    if (isRunning) setImmediate(count)
  }
  setImmediate(count)
  await work()
  isRunning = false
  return turns
}

test('long work lets the event loop turn, short steps share a turn', async () => {
  assert.ok((await turnsOf(() => runInSlices(busy(10, 3)))) >= 9)
  const seen: number[] = []
  const turns = await turnsOf(() => runInSlices(busy(1_000, 0), (step) => seen.push(step) > 0))
  assert.is(seen.length, 1_000)
  assert.ok(turns < 100, String(turns))
})

test('gives what the generator returns', async () => {
  assert.is(await runInSlices(busy(2, 0)), 'done')
})

test('stops when what was yielded is not wanted', async () => {
  const error = await runInSlices(busy(5, 0), (step) => step < 3).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof Stopped)
})

test.run()
