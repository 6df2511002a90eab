import * as assert from 'uvu/assert'
import { createToldAlerts } from '../../../handlers/alertmanager/told-alerts.ts'
import { suite } from '../../harness/suite.ts'
import { anAlert } from './an-alert.ts'

const test = suite('alertmanager/told-alerts')
const minute = 60e9
const fires = (id: string, startedAt = 1) => anAlert({ id, startedAt })
const ends = (id: string, startedAt = 1) => anAlert({ id, startedAt, status: 'resolved' })

function shown(told: ReturnType<typeof createToldAlerts>, now: number): string[] {
  return told.current(now).map(({ id, status }) => `${id} ${status}`)
}

test('what fires is told until it ends, and what has ended for 15 minutes', () => {
  const told = createToldAlerts()
  told.take(fires('a'), 0)
  told.take(fires('b'), 0)
  told.take(ends('a'), minute)
  assert.equal(shown(told, 2 * minute), ['b firing', 'a resolved'])
  assert.equal(shown(told, 16 * minute - 1), ['b firing', 'a resolved'])
  assert.equal(shown(told, 16 * minute), ['b firing'])
  told.take(ends('b'), 20 * minute)
  told.take(fires('b', 2), 21 * minute)
  assert.equal(shown(told, 21 * minute), ['b firing'])
})

test('who knows what fires is asked, and is right', () => {
  const told = createToldAlerts({ active: () => [fires('a', 2), fires('c')] })
  told.take(fires('unknown'), 0)
  told.take(ends('a'), 0)
  told.take(ends('b'), 0)
  assert.equal(shown(told, 1), ['a firing', 'c firing', 'b resolved'])
})

test('the latest of an alert is its end, but not the end of one before', () => {
  const told = createToldAlerts()
  assert.is(told.latest(fires('a')).status, 'firing')
  told.take(ends('a'), 0)
  assert.is(told.latest(fires('a')).status, 'resolved')
  assert.is(told.latest(fires('a', 2)).status, 'firing')
})

test('room is bounded: what fires keeps its place, the oldest end gives way, and both are counted', () => {
  const told = createToldAlerts({ capacity: 2 })
  for (const id of ['a', 'b', 'c', 'a']) told.take(fires(id), 0)
  assert.equal(shown(told, 0), ['a firing', 'b firing'])
  assert.is(told.forgotten, 1)
  for (const id of ['x', 'y', 'z']) told.take(ends(id), 0)
  assert.equal(shown(told, 0), ['a firing', 'b firing', 'y resolved', 'z resolved'])
  assert.is(told.forgotten, 2)
  told.take(ends('late'), 15 * minute)
  assert.equal(shown(told, 15 * minute), ['a firing', 'b firing', 'late resolved'])
  assert.is(told.forgotten, 2)
})

test.run()
