import * as assert from 'uvu/assert'
import { createTurns } from '../../../../handlers/statsd/send/turns.ts'
import { settle } from '../../../../src/testing/settle.ts'
import { suite } from '../../../harness/suite.ts'

const test = suite('handlers/statsd/send/turns')

/** Work that goes on until it is ended from outside; `running` is how much of it there is at once. */
function bench() {
  const ends: ((error?: Error) => void)[] = []
  const seen = { begun: 0, running: 0, most: 0 }
  const turns = createTurns(async () => {
    seen.begun++
    seen.most = Math.max(seen.most, ++seen.running)
    await new Promise<void>((resolve, reject) =>
      ends.push((error) => (error === undefined ? resolve() : reject(error))),
    ).finally(() => seen.running--)
  })
  return { turns, seen, end: (error?: Error) => ends.shift()?.(error) }
}

test('begin does nothing while work is under way', async () => {
  const { turns, seen, end } = bench()
  turns.begin()
  turns.begin()
  assert.is(seen.begun, 1)
  end()
  await settle()
  turns.begin()
  assert.is(seen.begun, 2)
})

test('next waits for the one under way and runs another; never two at once', async () => {
  const { turns, seen, end } = bench()
  turns.begin()
  const all = Promise.all([turns.next(), turns.next()])
  for (let i = 0; i < 3; i++) {
    await settle()
    end()
  }
  await all
  assert.equal([seen.begun, seen.most], [3, 1])
})

test('what fails in between is nobody’s rejection, and one’s own is', async () => {
  const { turns, end } = bench()
  turns.begin()
  const next = turns.next()
  end(new Error('first'))
  await settle()
  end(new Error('second'))
  const error = await next.catch((thrown: unknown) => thrown)
  assert.is(error instanceof Error && error.message, 'second')
})

test.run()
