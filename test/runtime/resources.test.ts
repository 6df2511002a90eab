import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { startPoller } from '../../src/runtime/poller.ts'
import { measureResources } from '../../src/runtime/resources.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'

const test = suite('runtime/resources')

test('one event per type, and one more with 0 when a type has gone', () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  let types = ['Timeout', 'TCPSocketWrap', 'Timeout']
  let seen: Record<string, number> = {}
  bus.attach('recorder', 'node.resources', (_event, { count }, { type }) => {
    seen[String(type)] = Number(count)
  })
  const poller = startPoller(bus, { measurements: [measureResources(() => types)] })
  clock.advance(0)
  assert.equal(seen, { Timeout: 2, TCPSocketWrap: 1 })

  types = ['Timeout']
  seen = {}
  clock.advance(5_000)
  assert.equal(seen, { Timeout: 1, TCPSocketWrap: 0 })

  seen = {}
  clock.advance(5_000)
  assert.equal(seen, { Timeout: 1 })
  poller.stop()
})

test('a type with the name of an object property is a type like any other', () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  const seen: [unknown, unknown][] = []
  bus.attach('recorder', 'node.resources', (_event, { count }, { type }) => void seen.push([type, count]))
  const poller = startPoller(bus, { measurements: [measureResources(() => ['__proto__', 'constructor'])] })
  clock.advance(0)
  assert.equal(seen, [
    ['__proto__', 1],
    ['constructor', 1],
  ])
  poller.stop()
})

test.run()
