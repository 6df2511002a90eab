import * as assert from 'uvu/assert'
import * as sonde from '../../src/index.ts'
import { suite } from '../harness/suite.ts'

const test = suite('core/default-bus')
const { telemetry } = sonde
/** The default bus is shared with whatever else runs here, so names of this file are its own. */
const ID = 'default-bus.test'
const NAME = 'default_bus_test.event'

test('the exported functions are bound to the default bus', () => {
  const { attach, attachMany, detach, event, execute, listHandlers, operation, span, startSpan } = sonde
  const seen: string[] = []
  attach(ID, NAME, (name) => void seen.push(name))
  attachMany(`${ID}.many`, ['default_bus_test.op.*'], (name) => void seen.push(name))

  execute(NAME, {})
  telemetry.execute(NAME, {})
  event(NAME).execute({})
  assert.is(
    span('default_bus_test.op', {}, () => 7),
    7,
  )
  operation('default_bus_test.op').span({}, () => {})
  startSpan('default_bus_test.op').stop()

  const op = ['default_bus_test.op.start', 'default_bus_test.op.stop']
  assert.equal(seen, [NAME, NAME, NAME, ...op, ...op, ...op])
  assert.is(listHandlers('default_bus_test').length, 2)
  assert.equal(telemetry.listHandlers('default_bus_test'), listHandlers('default_bus_test'))
  assert.is(detach(ID), true)
  assert.is(telemetry.detach(`${ID}.many`), true)
  assert.equal(listHandlers('default_bus_test'), [])
})

test('a bus that was made is not the default bus', () => {
  const bus = sonde.createBus()
  let calls = 0
  const detach = telemetry.attach(ID, NAME, () => void calls++)

  bus.execute(NAME, {})

  assert.is(calls, 0)
  assert.is(detach(), true)
})

test('a second copy of the module shares the bus of the first', async () => {
  const address = new URL('../../src/core/default-bus.ts?copy=2', import.meta.url).href
  const copy: typeof sonde = await import(address)
  const seen: string[] = []

  const detach = copy.attach(ID, NAME, (name) => void seen.push(name))
  telemetry.execute(NAME, {})
  copy.execute(NAME, {})

  assert.is(copy.telemetry, telemetry)
  assert.equal(seen, [NAME, NAME])
  assert.is(detach(), true)
})

test('importing the library adds nothing that a loop over globalThis would find', () => {
  const enumerable = Object.getOwnPropertySymbols(globalThis).filter(
    (key) => Object.getOwnPropertyDescriptor(globalThis, key)?.enumerable && key.description?.includes('sonde'),
  )

  assert.equal(enumerable, [])
})

test.run()
