import * as assert from 'uvu/assert'
import { createNames } from '../../../handlers/performance/names.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/performance/names')

test('a name is taken apart at its last point', () => {
  const nameOf = createNames(['**'])
  assert.equal(nameOf('shop.pay.stop'), { operation: 'shop.pay', lastSegment: 'stop' })
  assert.is(nameOf('shop.pay.stop'), nameOf('shop.pay.stop'))
  assert.equal(nameOf('__proto__.stop'), { operation: '__proto__', lastSegment: 'stop' })
})

test('what the library tells of itself is left out unless it is named, what the handler tells always', () => {
  assert.is(createNames(['**'])('telemetry.sink.export.stop'), undefined)
  const named = createNames(['telemetry.sink.**'])
  assert.is(named('telemetry.sink.export.stop')?.operation, 'telemetry.sink.export')
  assert.is(named('telemetry.performance.summary'), undefined)
})

test('names without end are told apart all the same', () => {
  const nameOf = createNames(['**'])
  for (let i = 0; i < 10_000; i++) assert.is(nameOf(`a.b${i}.stop`)?.operation, `a.b${i}`)
})

test.run()
