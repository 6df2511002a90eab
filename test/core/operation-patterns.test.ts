import { createBus, operationPatterns } from 'sonde'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'

const test = suite('core/operation-patterns')

test('an operation becomes one pattern for each of its events, and ** one for each depth that there is', () => {
  assert.equal(operationPatterns(['shop.pay', 'http.*'], ['stop', 'exception']), [
    'shop.pay.stop',
    'shop.pay.exception',
    'http.*.stop',
    'http.*.exception',
  ])
  const everywhere = operationPatterns(['**'], ['stop'])
  assert.is(everywhere.length, 15)
  assert.equal([everywhere[0], everywhere[1]], ['*.stop', '*.*.stop'])
})

test('what becomes of ** is heard at every depth, and what it is not asked for is not enabled', () => {
  const bus = createBus()
  bus.attachMany('test', operationPatterns(['**'], ['stop']), () => {})
  for (let depth = 1; depth <= 15; depth++) {
    const operation = Array(depth).fill('a')
    assert.ok(bus.event([...operation, 'stop']).enabled, `depth ${depth}`)
    assert.not.ok(bus.event([...operation, 'start']).enabled, `depth ${depth}`)
  }
})

test('a ** where no segment is left is still one pattern, for the bus to refuse', () => {
  const full = [...Array(15).fill('a'), '**'].join('.')
  assert.is(operationPatterns([full], ['stop']).length, 1)
  assert.throws(() => createBus().attachMany('test', operationPatterns([full], ['stop']), () => {}))
})

test.run()
