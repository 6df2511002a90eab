import * as assert from 'uvu/assert'
import { compileMaintenance, type MaintenanceWindow } from '../../../handlers/alerts/maintenance.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/maintenance')

/** Which of the times, in ISO 8601, a window is open at. */
function openAt(window: MaintenanceWindow, times: readonly string[]): boolean[] {
  const { isOpen } = compileMaintenance(window)
  return times.map((time) => isOpen(Date.parse(time)))
}

test('hours of a day, with the first minute and without the last', () => {
  const times = ['2026-01-05T09:59:59Z', '2026-01-05T10:00:00Z', '2026-01-05T11:59:59Z', '2026-01-05T12:00:00Z']
  assert.equal(openAt({ from: '10:00', to: '12:00' }, times), [false, true, true, false])
})

test('over midnight a window belongs to the day on which it begins', () => {
  // A Saturday is the 10th.
  const times = [
    '2026-01-10T21:59Z',
    '2026-01-10T22:00Z',
    '2026-01-11T05:59Z',
    '2026-01-11T06:00Z',
    '2026-01-11T22:00Z',
    '2026-01-10T03:00Z',
  ]
  assert.equal(openAt({ from: '22:00', to: '06:00', days: ['sat'] }, times), [false, true, true, false, false, false])
})

test('hours are those of a time zone, in summer too', () => {
  const times = ['2026-01-05T01:00Z', '2026-01-05T02:00Z', '2026-07-06T00:00Z', '2026-07-06T01:00Z']
  assert.equal(openAt({ from: '02:00', to: '03:00', timeZone: 'Europe/Berlin' }, times), [true, false, true, false])
  // The day is that of the zone too: it is still Sunday in Honolulu.
  assert.equal(
    openAt({ from: '20:00', to: '23:00', days: ['sun'], timeZone: 'Pacific/Honolulu' }, ['2026-01-05T07:00Z']),
    [true],
  )
})

test('two dates, as texts or as numbers', () => {
  const times = ['2026-01-04T23:59Z', '2026-01-05T00:00Z', '2026-01-05T23:59Z', '2026-01-06T00:00Z']
  assert.equal(openAt({ from: '2026-01-05T00:00Z', to: '2026-01-06T00:00Z' }, times), [false, true, true, false])
  assert.equal(openAt({ from: Date.UTC(2026, 0, 5), to: Date.UTC(2026, 0, 6) }, times), [false, true, true, false])
})

test('which alerts are meant is said by matchers', () => {
  const { matches } = compileMaintenance({ from: '10:00', to: '12:00', match: { service: 'shop*' } })
  assert.equal([matches({ service: 'shop-1' }), matches({ service: 'x' }), matches({})], [true, false, false])
  assert.ok(compileMaintenance({ from: '10:00', to: '12:00' }).matches({ any: 'thing' }))
})

test('what is no window is refused', () => {
  const rows: readonly (readonly [window: object, problem: RegExp])[] = [
    [{ from: '25:00', to: '06:00' }, /like '22:00', or two dates/],
    [{ from: '10:00', to: '2026-01-06' }, /like '22:00', or two dates/],
    [{ from: '2026-01-06', to: '2026-01-05' }, /the earlier first/],
    [{ from: '10:00', to: '10:00' }, /must differ/],
    [{ from: '10:00', to: '12:00', days: ['sunday'] }, /'days' must be of/],
    [{ from: '10:00', to: '12:00', timeZone: 'Mars/Base' }, /IANA/],
    [{ from: '10:00', to: '12:00', match: 5 }, /'maintenance'/],
    [{}, /like '22:00'/],
  ]
  // The cast: what is wrong with them may be their type.
  for (const [window, problem] of rows) assert.throws(() => compileMaintenance(window as MaintenanceWindow), problem)
})

test.run()
