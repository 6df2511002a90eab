import * as assert from 'uvu/assert'
import { addBaggage, getBaggage, removeBaggage } from '../../src/context/baggage.ts'
import { withContext } from '../../src/context/current.ts'
import { inject } from '../../src/context/headers/inject.ts'
import { startTrace, withCorrelation } from '../../src/context/with-correlation.ts'
import { suite } from '../harness/suite.ts'

const test = suite('context/baggage')

function inTrace(body: () => void): void {
  withContext(startTrace(), body)
}

test('outside of a context nothing is added', () => {
  assert.is(addBaggage('a', '1'), false)
  assert.is(getBaggage('a'), undefined)
  assert.is(removeBaggage('a'), false)
})

test('a value that was added is there and sent', () => {
  inTrace(() => {
    assert.is(addBaggage('user', 'al ice', 'ttl=30'), true)
    assert.is(getBaggage('user'), 'al ice')
    assert.is(inject()['baggage'], 'user=al%20ice;ttl=30')
    assert.is(addBaggage('user', 'bob'), true)
    assert.is(inject()['baggage'], 'user=bob')
  })
})

test('what begins afterwards sees it; what is around and what runs already does not', async () => {
  const seen: (string | undefined)[] = []
  let earlier: Promise<void> | undefined
  inTrace(() => {
    earlier = withCorrelation('earlier', async () => {
      await undefined
      seen.push(getBaggage('a'))
    })
    withCorrelation('inner', () => addBaggage('inner', '1'))
    assert.is(getBaggage('inner'), undefined)
    addBaggage('a', '1')
    withCorrelation('later', () => seen.push(getBaggage('a')))
  })
  await earlier
  assert.equal(seen, ['1', undefined])
})

test('a map that somebody holds does not change', () => {
  const context = startTrace()
  withContext(context, () => {
    addBaggage('a', '1')
    const before = context.baggage
    addBaggage('b', '1')
    assert.equal([...before.keys()], ['a'])
    assert.equal([...context.baggage.keys()], ['a', 'b'])
  })
})

test('bad names and properties are refused', () => {
  inTrace(() => {
    for (const key of ['', 'a b', 'é', 'a=b', 'a\r\nb']) assert.is(addBaggage(key, '1'), false, key)
    for (const properties of ['é', 'a b', 'a\r\nb: c', ';']) assert.is(addBaggage('a', '1', properties), false)
    assert.is(inject()['baggage'], undefined)
  })
})

test('64 entries are taken, the next is refused and changes nothing', () => {
  inTrace(() => {
    for (let i = 0; i < 64; i++) assert.is(addBaggage(`k${i}`, 'v'), true)
    assert.is(addBaggage('more', 'v'), false)
    assert.is(addBaggage('k0', 'other'), true)
    assert.is(inject()['baggage']?.split(',').length, 64)
  })
})

test('8,192 bytes of header are taken, as they are sent', () => {
  inTrace(() => {
    assert.is(addBaggage('a', 'v'.repeat(8_190)), true)
    assert.is(inject()['baggage']?.length, 8_192)
    assert.is(addBaggage('b', ''), false)
    assert.is(addBaggage('a', 'v'.repeat(8_191)), false)
    assert.is(addBaggage('a', ' '.repeat(2_731)), false)
    assert.is(getBaggage('a')?.length, 8_190)
  })
})

test('a value that was removed is not sent', () => {
  inTrace(() => {
    addBaggage('a', '1')
    addBaggage('b', '2')
    assert.is(removeBaggage('a'), true)
    assert.is(removeBaggage('a'), false)
    assert.is(inject()['baggage'], 'b=2')
  })
})

test.run()
