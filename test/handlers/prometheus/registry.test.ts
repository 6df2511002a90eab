import { setImmediate as turn } from 'node:timers/promises'
import { manualClock } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { type DropReason, type Registry, readRegistry } from '../../../handlers/prometheus/registry.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('prometheus/registry')
const contentType = 'text/plain; version=0.0.4'

async function read(registry: Registry, wait?: (advance: (ms: number) => void) => Promise<void>) {
  const clock = manualClock()
  const dropped: [DropReason, number][] = []
  const reading = readRegistry(registry, clock, (reason, count) => dropped.push([reason, count]))
  await wait?.((ms) => clock.advance(ms))
  const foreign = await reading
  assert.is(clock.pending, 0)
  return { families: foreign?.families.map(({ name }) => name), dropped }
}

test('a registry is read, whether it answers at once or later', async () => {
  assert.equal(await read({ metrics: () => 'a 1\n', contentType }), { families: ['a'], dropped: [] })
  assert.equal(await read({ metrics: async () => 'a 1\n', contentType }), { families: ['a'], dropped: [] })
})

test('malformed lines are told', async () => {
  assert.equal(await read({ metrics: () => 'a 1\nb x\nc y\n', contentType }), {
    families: ['a'],
    dropped: [['invalid', 2]],
  })
})

test('a registry that throws, rejects or answers no text is left out', async () => {
  const fail = () => {
    throw new Error('secret of the registry')
  }
  assert.equal(await read({ metrics: fail, contentType }), { families: undefined, dropped: [['permanent', 1]] })
  assert.equal(await read({ metrics: async () => fail(), contentType }), {
    families: undefined,
    dropped: [['permanent', 1]],
  })
  const wrong: { metrics(): never; contentType: string } = { metrics: () => 7 as never, contentType }
  assert.equal(await read(wrong), { families: undefined, dropped: [['invalid', 1]] })
})

test('a registry that does not answer within 5 s is left out', async () => {
  const silent = { metrics: () => new Promise<string>(() => {}), contentType }
  const result = await read(silent, async (advance) => {
    await turn()
    advance(5_000)
  })
  assert.equal(result, { families: undefined, dropped: [['expired', 1]] })
})

test.run()
