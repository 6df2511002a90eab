import * as assert from 'uvu/assert'
import { createDepartures } from '../../../src/delivery/outbox/departures.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('delivery/outbox/departures')

test('a function is called once, when the last of its items is gone, and others do not count', () => {
  const departures = createDepartures<string>()
  const items = new Set(['a', 'b'])
  let calls = 0
  departures.after(items, () => calls++)
  // What joins the set later is not waited for.
  items.add('c')
  departures.gone(['a', 'x'])
  assert.is(calls, 0)
  departures.gone(['b'])
  departures.gone(['b', 'c'])
  assert.is(calls, 1)
})

test('without items it is called at once', () => {
  let calls = 0
  createDepartures<string>().after([], () => calls++)
  assert.is(calls, 1)
})

test.run()
