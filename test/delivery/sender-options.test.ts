import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { createQueue } from '../../src/delivery/queue.ts'
import { createSender } from '../../src/delivery/sender.ts'
import { suite } from '../harness/suite.ts'
import { delivered } from './sender-setup.ts'

const test = suite('delivery/sender-options')

test('wrong options are refused', () => {
  const bus = createBus()
  const queue = createQueue<string>({ bus, sink: 'webhook' })
  const good = { queue, deliver: async () => delivered }
  for (const option of [
    'concurrency',
    'ratePerSecond',
    'burst',
    'timeoutMs',
    'baseMs',
    'capMs',
    'failures',
    'pauseMs',
  ]) {
    for (const value of [-1, Number.NaN]) {
      assert.throws(() => createSender(bus, { ...good, [option]: value }), new RegExp(`sender: option '${option}'`))
    }
  }
  assert.throws(() => createSender(bus, { ...good, deliver: JSON.parse('1') }), /'deliver'/)
  assert.throws(() => createSender(bus, { ...good, queue: JSON.parse('{}') }), /'queue'/)
  createSender(bus, good).close()
  assert.throws(() => createSender(bus, good), /has a sender/)
})

test.run()
