import { manualClock } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { type Address, createResolver } from '../../../../handlers/statsd/send/resolve.ts'
import { suite } from '../../../harness/suite.ts'

const test = suite('handlers/statsd/send/resolve')

function bench(answers: (Address | Error)[]) {
  const clock = manualClock()
  const asked: string[] = []
  const lookup = async (host: string): Promise<Address> => {
    asked.push(host)
    const answer = answers.shift()
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no more')
    return answer
  }
  return { clock, asked, resolve: createResolver('receiver.test', { clock, ttlMs: 1_000, lookup }) }
}

const address = (last: number): Address => ({ address: `127.0.0.${last}`, family: 4 })

test('an address is used for its time and then looked up again, without anybody waiting', async () => {
  const { clock, asked, resolve } = bench([address(1), address(2)])
  assert.is((await resolve()).address, '127.0.0.1')
  clock.advance(999)
  assert.is((await resolve()).address, '127.0.0.1')
  assert.is(asked.length, 1)
  clock.advance(1)
  assert.is((await resolve()).address, '127.0.0.1')
  await Promise.resolve()
  assert.is((await resolve()).address, '127.0.0.2')
  assert.equal(asked, ['receiver.test', 'receiver.test'])
})

test('a look-up that fails keeps the last address, and is tried again', async () => {
  const { clock, asked, resolve } = bench([address(1), new Error('down'), new Error('down'), address(3)])
  await resolve()
  for (let i = 0; i < 3; i++) {
    clock.advance(1_000)
    assert.is((await resolve()).address, '127.0.0.1')
    await Promise.resolve()
  }
  assert.is(asked.length, 4)
})

test('the first look-up is shared, and rejects when there is no answer', async () => {
  const { asked, resolve } = bench([new Error('down'), address(1)])
  const both = await Promise.allSettled([resolve(), resolve()])
  assert.equal(
    both.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.is(asked.length, 1)
  assert.is((await resolve()).address, '127.0.0.1')
})

test('an address is not looked up', async () => {
  const resolve = createResolver('::1', {
    clock: manualClock(),
    ttlMs: 1,
    lookup: () => assert.unreachable() ?? Promise.reject(new Error()),
  })
  assert.equal(await resolve(), { address: '::1', family: 6 })
})

test.run()
