import * as assert from 'uvu/assert'
import { startHeartbeat } from '../../src/bridge/heartbeat.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'

const test = suite('bridge/heartbeat')

function setUp() {
  const clock = manualClock()
  const told: string[] = []
  const heartbeat = startHeartbeat({
    clock,
    intervalMs: 100,
    ping: () => void told.push('ping'),
    on: (what, missed) => void told.push(`${what} ${missed}`),
    onReceived: (roundTrip) => void told.push(`received ${roundTrip}`),
  })
  return { clock, told, heartbeat }
}

test('an answer is told with its round trip, and one that nobody has asked for is not', () => {
  const { clock, told, heartbeat } = setUp()
  heartbeat.pong()
  clock.advance(100)
  clock.advance(7)
  heartbeat.pong()
  heartbeat.pong()
  assert.equal(told, ['ping', 'sent 0', 'received 7000000'])
})

test('three silences in a row are a failure, and the last of it', () => {
  const { clock, told } = setUp()
  clock.advance(1_000)
  assert.equal(told, ['ping', 'sent 0', 'missed 1', 'missed 2', 'missed 3', 'failed 3'])
  assert.is(clock.pending, 0)
})

test('a late answer makes up for the silences before it', () => {
  const { clock, told, heartbeat } = setUp()
  clock.advance(300)
  heartbeat.pong()
  told.length = 0
  clock.advance(300)
  assert.equal(told, ['ping', 'sent 0', 'missed 1', 'missed 2'])
})

test('nothing is left after stop', () => {
  const { clock, heartbeat } = setUp()
  heartbeat.stop()
  assert.is(clock.pending, 0)
})

test.run()
