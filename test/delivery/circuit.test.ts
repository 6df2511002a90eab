import * as assert from 'uvu/assert'
import { createCircuit } from '../../src/delivery/circuit.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/circuit')

test('failures in a row open it for the pause, then one trial is let through', () => {
  const circuit = createCircuit(2, 1_000, 4)
  circuit.fail(0)
  assert.is(circuit.limit(0), 4)
  circuit.fail(5)
  assert.is(circuit.limit(5), 0)
  assert.is(circuit.readyAt(), 1e9 + 5)
  assert.is(circuit.limit(1e9 + 4), 0)
  assert.is(circuit.limit(1e9 + 5), 1)
})

test('a failed trial pauses again, a good one lets all through', () => {
  const circuit = createCircuit(1, 1_000, 4)
  circuit.fail(0)
  circuit.fail(2e9)
  assert.is(circuit.limit(3e9 - 1), 0)
  circuit.succeed()
  assert.is(circuit.limit(2e9), 4)
})

test('a success between failures starts the count anew', () => {
  const circuit = createCircuit(2, 1_000, 4)
  circuit.fail(0)
  circuit.succeed()
  circuit.fail(0)
  assert.is(circuit.limit(0), 4)
})

test.run()
