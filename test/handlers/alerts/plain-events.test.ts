import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { setupAlerts } from './set-up.ts'

const test = suite('handlers/alerts/plain-events')

test('a plain event with a limit is an occurrence beyond it only, and brings its own limit where the rule has none', () => {
  const { bus, told } = setupAlerts({
    rules: [
      { name: 'big', event: 'mail.sent', measurement: 'size', above: '1MB' },
      { name: 'given', event: 'queue.slow', measurement: 'queue_time' },
    ],
  })
  bus.execute('mail.sent', { size: 1e6 }, {})
  assert.equal(told, [])
  bus.execute('mail.sent', { size: 2e6 }, {})
  bus.execute('queue.slow', { queue_time: 7, threshold: 5 }, {})
  assert.equal(
    told.map(({ rule, measurements }) => [rule, measurements.value, measurements.threshold]),
    [
      ['big', 2e6, 1e6],
      ['given', 7, 5],
    ],
  )
})

test.run()
