import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import { record } from './recorder.ts'

const test = suite('core/enrich-fresh')

test('a constant object that enrich gives is never written to, whoever comes after', () => {
  const bus = createBus()
  const events = record(bus, '**')
  const constant = { service: 'shop', who: 'nobody' }
  bus.enrich(() => constant)
  bus.enrich(() => ({ n: 1 }), { fresh: true })

  bus.execute('a', {}, { who: 'me' })
  bus.span('op', { own: 1 }, () => {})

  assert.equal(constant, { service: 'shop', who: 'nobody' })
  assert.equal(events[0]?.metadata, { service: 'shop', who: 'me', n: 1 })
})

test('what is new each time is taken over as it is', () => {
  const bus = createBus()
  const events = record(bus, 'a')
  const made: object[] = []
  bus.enrich(
    () => {
      const keys = { who: 'nobody', n: made.length }
      made.push(keys)
      return keys
    },
    { fresh: true },
  )
  const metadata = Object.freeze({ who: 'me' })

  bus.execute('a', {}, metadata)
  bus.execute('a', {}, metadata)

  assert.is(events[0]?.metadata, made[0])
  assert.equal(
    events.map((event) => event.metadata),
    [
      { who: 'me', n: 0 },
      { who: 'me', n: 1 },
    ],
  )
})

test.run()
