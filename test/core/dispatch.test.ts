import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import { record } from './recorder.ts'
import { callUntyped } from './untyped.ts'

const test = suite('core/dispatch')
const ignore = () => {}

/** A bus with handlers `1`…`n` on 'a' that note their ids; `actions` run inside the handler of that id. */
function line(n: number, actions: { readonly [id: string]: () => void } = {}) {
  const bus = createBus()
  const seen: string[] = []
  const handler = (id: string) => () => {
    seen.push(id)
    actions[id]?.()
  }
  const attach = (id: string) => bus.attach(id, 'a', handler(id))
  for (let i = 1; i <= n; i++) attach(`${i}`)
  return { bus, seen, attach }
}

test('handlers have run when execute returns', () => {
  const { bus, seen } = line(3)

  const result: unknown = callUntyped(bus.execute, bus, 'a', {})

  assert.equal(seen, ['1', '2', '3'])
  assert.is(result, undefined)
})

test('handlers run in the order they were attached, exact names and patterns alike', () => {
  const bus = createBus()
  const seen: string[] = []
  const patterns = ['a.*', 'a.b', '**', '*.b', 'a.b', 'a.**']
  for (const [i, pattern] of patterns.entries()) bus.attach(`${i}`, pattern, () => void seen.push(`${i}`))

  bus.execute('a.b', {})

  assert.equal(seen, ['0', '1', '2', '3', '4', '5'])
})

test('a handler that is attached again goes to the end', () => {
  const { bus, seen, attach } = line(3)
  bus.detach('1')
  attach('1')

  bus.execute('a', {})

  assert.equal(seen, ['2', '3', '1'])
})

test('order survives many detaches and attaches', () => {
  const { bus, seen, attach } = line(100)
  for (let i = 1; i <= 100; i++) if (i % 3 !== 0) bus.detach(`${i}`)
  for (let i = 101; i <= 110; i++) attach(`${i}`)

  bus.execute('a', {})

  const expected = Array.from({ length: 110 }, (_, i) => i + 1).filter((i) => i > 100 || i % 3 === 0)
  assert.equal(seen, expected.map(String))
})

test('a handler attached during an emit waits for the next', () => {
  const { bus, seen, attach } = line(2, { '1': () => void (seen.length === 1 && attach('3')) })

  bus.execute('a', {})
  assert.equal(seen, ['1', '2'])

  bus.execute('a', {})
  assert.equal(seen.slice(2), ['1', '2', '3'])
})

test('a handler attached during the emit of a single handler waits for the next', () => {
  const { bus, seen, attach } = line(1, { '1': () => void (seen.length === 1 && attach('2')) })

  bus.execute('a', {})
  bus.execute('a', {})

  assert.equal(seen, ['1', '1', '2'])
})

test('a pattern attached during an emit waits for the next', () => {
  const { bus, seen } = line(2, {
    '1': () => void (seen.length === 1 && bus.attach('late', '**', () => void seen.push('late'))),
  })

  bus.execute('a', {})
  bus.execute('a', {})

  assert.equal(seen, ['1', '2', '1', '2', 'late'])
})

test('a nested emit is a new emit and sees what was attached before it', () => {
  const { bus, seen, attach } = line(2, {
    '1': () => {
      if (seen.length > 1) return
      attach('3')
      bus.execute('a', {})
    },
  })

  bus.execute('a', {})

  assert.equal(seen, ['1', '1', '2', '3', '2'])
})

test('a handler detached during an emit does not run any more', () => {
  const { bus, seen } = line(4, { '2': () => void bus.detach('3') })

  bus.execute('a', {})

  assert.equal(seen, ['1', '2', '4'])
})

test('a handler may detach itself, and one that has run already', () => {
  const { bus, seen } = line(4, {
    '2': () => {
      bus.detach('1')
      bus.detach('2')
    },
  })

  bus.execute('a', {})
  bus.execute('a', {})

  assert.equal(seen, ['1', '2', '3', '4', '3', '4'])
})

test('the second of two handlers, detached by the first, does not run', () => {
  const { bus, seen } = line(2, { '1': () => void bus.detach('2') })

  bus.execute('a', {})
  bus.execute('a', {})

  assert.equal(seen, ['1', '1'])
})

test('a handler detached and attached again during an emit waits for the next', () => {
  const { bus, seen, attach } = line(3, {
    '1': () => {
      if (seen.length > 1) return
      bus.detach('2')
      attach('2')
    },
  })

  bus.execute('a', {})
  assert.equal(seen, ['1', '3'])

  bus.execute('a', {})
  assert.equal(seen.slice(2), ['1', '3', '2'])
})

test('mass detach and attach in the middle of an emit neither skips nor repeats the others', () => {
  const { bus, seen, attach } = line(12, {
    '2': () => {
      if (seen.length > 2) return
      for (const id of ['1', '3', '4', '5', '6', '7', '8', '9']) bus.detach(id)
      for (const id of ['13', '14', '15', '16']) attach(id)
    },
  })

  bus.execute('a', {})
  assert.equal(seen, ['1', '2', '10', '11', '12'])

  bus.execute('a', {})
  assert.equal(seen.slice(5), ['2', '10', '11', '12', '13', '14', '15', '16'])
})

test('mass detach inside a nested emit does not disturb the outer one', () => {
  const { bus, seen } = line(8, {
    '1': () => void (seen.length === 1 && bus.execute('a', {})),
    '5': () => void ['1', '2', '3', '4', '6'].forEach((id) => void bus.detach(id)),
  })

  bus.execute('a', {})

  assert.equal(seen, ['1', '1', '2', '3', '4', '5', '7', '8', '5', '7', '8'])
})

test('detaching everything during an emit stops it, and the event is unlistened', () => {
  const { bus, seen } = line(5, { '2': () => void [1, 2, 3, 4, 5].forEach((id) => void bus.detach(`${id}`)) })

  bus.execute('a', {})
  bus.execute('a', {})

  assert.equal(seen, ['1', '2'])
  assert.is(bus.event('a').enabled, false)
})

test('a handler may emit another event, which runs at once', () => {
  const bus = createBus()
  const seen: string[] = []
  bus.attach('1', 'a', () => {
    seen.push('a1')
    bus.execute('b', {})
    seen.push('a1 end')
  })
  bus.attach('2', 'a', () => void seen.push('a2'))
  bus.attach('3', 'b', () => void seen.push('b'))

  bus.execute('a', {})

  assert.equal(seen, ['a1', 'b', 'a1 end', 'a2'])
})

test('every handler gets the same references, which are the emitter’s own', () => {
  const bus = createBus()
  const [first, second] = [record(bus, 'a'), record(bus, '**')]
  const [measurements, metadata] = [{ n: 1 }, { deep: { x: 1 } }]

  bus.execute('a', measurements, metadata)

  for (const [seen] of [first, second]) {
    assert.is(seen?.measurements, measurements)
    assert.is(seen?.metadata, metadata)
  }
})

test('metadata is {} when left out, undefined or null', () => {
  const bus = createBus()
  const events = record(bus, 'a')

  bus.execute('a', {})
  bus.execute('a', {}, undefined)
  bus.execute('a', {}, null)

  assert.equal(
    events.map(({ metadata }) => metadata),
    [{}, {}, {}],
  )
  assert.is(bus.stats().invalid, 0)
})

test('what a handler writes into the default metadata is not in the next event', () => {
  const bus = createBus({ onFailure: 'keep' })
  bus.attach('failures', 'telemetry.handler.failure', ignore)
  bus.attach('writer', 'a', (_event, _measurements, metadata) => void Reflect.set(metadata, 'left', true))
  const events = record(bus, 'b')

  bus.execute('a', {})
  bus.execute('b', {})

  assert.equal(events[0]?.metadata, {})
})

test('measurements that are not an object, and metadata that is not one, are counted no-ops', () => {
  const bus = createBus()
  const events = record(bus, 'a')
  const point = bus.event('a')
  const payloads: unknown[][] = [
    ...[undefined, null, 1, 'x', true, 1n, Symbol('m'), [], [1]].map((measurements) => [measurements, {}]),
    ...[1, 'x', true, 1n, Symbol('m')].map((metadata) => [{}, metadata]),
  ]

  for (const [i, payload] of payloads.entries()) {
    callUntyped(bus.execute, bus, 'a', ...payload)
    callUntyped(point.execute, point, ...payload)
    callUntyped(point.executeLazy, point, () => payload)
    assert.is(bus.stats().invalid, 3 * (i + 1), `case ${i}`)
  }

  assert.is(events.length, 0)
})

test('what handlers return is ignored', () => {
  const bus = createBus()
  const seen: number[] = []
  for (const [i, value] of [false, 'stop', 0, Symbol('x'), {}].entries()) {
    callUntyped(bus.attach, bus, `${i}`, 'a', () => {
      seen.push(i)
      return value
    })
  }

  bus.execute('a', {})

  assert.equal(seen, [0, 1, 2, 3, 4])
  assert.is(bus.stats().failures, 0)
})

test.run()
