import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { HandlerInfo } from '../../src/core/types.ts'
import { suite } from '../harness/suite.ts'
import { keysOf, record } from './recorder.ts'
import { callUntyped, codeThrownBy } from './untyped.ts'

const test = suite('core/attach')
const ignore = () => {}
const idsOf = (rows: readonly HandlerInfo[]) => rows.map(({ id }) => id).sort()
const eventsOf = (rows: readonly HandlerInfo[]) => rows.map(({ event }) => event).sort()

test('a handler is called with the event, measurements, metadata and config it was attached with', () => {
  const bus = createBus()
  const calls: unknown[][] = []
  const [measurements, metadata, config] = [{ n: 1 }, { who: 'me' }, { table: 't' }]
  bus.attach('h', 'a.b', (...call) => void calls.push(call), config)

  bus.execute('a.b', measurements, metadata)

  assert.is(calls.length, 1)
  assert.is(calls[0]?.[0], 'a.b')
  assert.is(calls[0]?.[1], measurements)
  assert.is(calls[0]?.[2], metadata)
  assert.is(calls[0]?.[3], config)
})

test('config is undefined when none was given', () => {
  const bus = createBus()
  const configs: unknown[] = []
  bus.attach('h', 'a', (_event, _measurements, _metadata, config) => void configs.push(config))

  bus.execute('a', {})

  assert.equal(configs, [undefined])
})

test('a duplicate id throws handler_exists and changes nothing, on the same event or another', () => {
  const bus = createBus()
  const calls: string[] = []
  bus.attach('h', 'a', () => void calls.push('first'))

  assert.is(
    codeThrownBy(() => bus.attach('h', 'a', () => void calls.push('second'))),
    'handler_exists',
  )
  assert.is(
    codeThrownBy(() => bus.attach('h', 'b', () => void calls.push('third'))),
    'handler_exists',
  )
  assert.is(
    codeThrownBy(() => bus.attachMany('h', ['c', 'd'], ignore)),
    'handler_exists',
  )

  for (const name of ['a', 'b', 'c', 'd']) bus.execute(name, {})
  assert.equal(calls, ['first'])
  assert.equal(eventsOf(bus.listHandlers()), ['a'])
  assert.is(bus.stats().handlers, 1)
})

test('an id is free again after detach', () => {
  const bus = createBus()
  bus.attach('h', 'a', ignore)
  bus.detach('h')

  bus.attach('h', 'b', ignore)

  assert.equal(eventsOf(bus.listHandlers()), ['b'])
})

test('detach says whether there was something to detach', () => {
  const bus = createBus()
  bus.attach('h', 'a', ignore)

  assert.is(bus.detach('unknown'), false)
  assert.is(bus.detach('h'), true)
  assert.is(bus.detach('h'), false)
})

test('the returned Detach works once, and as a disposable', () => {
  const bus = createBus()
  const events = record(bus, 'seen')
  const first = bus.attach('first', 'a', () => bus.execute('seen', {}))
  const second = bus.attach('second', 'a', () => bus.execute('seen', {}))

  assert.is(first(), true)
  assert.is(first(), false)
  second[Symbol.dispose]()
  second[Symbol.dispose]()

  bus.execute('a', {})
  assert.is(events.length, 0)
  assert.is(second(), false)
})

test('a Detach removes only its own attachment, never a later one with the same id', () => {
  const bus = createBus()
  const detachFirst = bus.attach('h', 'a', ignore)
  bus.detach('h')
  bus.attach('h', 'a', ignore)

  assert.is(detachFirst(), false)
  assert.equal(idsOf(bus.listHandlers()), ['h'])
})

test('attachMany listens to every pattern under one id and detaches from all', () => {
  const bus = createBus()
  const seen: string[] = []
  const detach = bus.attachMany('h', ['a', 'b.c', 'd.*'], (event) => void seen.push(event))

  for (const name of ['a', 'b.c', 'd.e', 'f']) bus.execute(name, {})
  assert.equal(seen, ['a', 'b.c', 'd.e'])
  assert.equal(eventsOf(bus.listHandlers()), ['a', 'b.c', 'd.*'])

  assert.is(detach(), true)
  for (const name of ['a', 'b.c', 'd.e']) bus.execute(name, {})
  assert.is(seen.length, 3)
  assert.equal(bus.listHandlers(), [])
})

test('attachMany with a pattern given twice counts it once', () => {
  const bus = createBus()
  let calls = 0
  bus.attachMany('h', ['a', 'b', 'a'], () => void calls++)

  bus.execute('a', {})

  assert.is(calls, 1)
  assert.equal(eventsOf(bus.listHandlers()), ['a', 'b'])
})

test('attachMany without patterns throws and does not reserve the id', () => {
  const bus = createBus()

  assert.match(
    codeThrownBy(() => bus.attachMany('h', [], ignore)),
    /^invalid_/,
  )

  assert.is(bus.detach('h'), false)
  assert.is(bus.stats().handlers, 0)
})

test('attachMany with one bad pattern attaches nothing', () => {
  const bus = createBus()

  assert.is(
    codeThrownBy(() => bus.attachMany('h', ['a', 'b..c'], ignore)),
    'invalid_pattern',
  )

  assert.equal(bus.listHandlers(), [])
  assert.is(bus.event('a').enabled, false)
  bus.attach('h', 'a', ignore)
})

test('attachMany refuses a list that is not an array', () => {
  const bus = createBus()

  for (const list of ['a', undefined, null, 1, {}, new Set(['a'])]) {
    assert.match(
      codeThrownBy(() => callUntyped(bus.attachMany, bus, 'h', list, ignore)),
      /^invalid_/,
    )
  }
  assert.equal(bus.listHandlers(), [])
})

test('an array of segments is one pattern for attach and one name for execute', () => {
  const bus = createBus()
  const seen: string[] = []
  bus.attach('exact', ['a', 'b'], (event) => void seen.push(`exact ${event}`))
  bus.attach('pattern', ['a', '*'], (event) => void seen.push(`pattern ${event}`))

  bus.execute(['a', 'b'], {})
  bus.execute('a', {})

  assert.equal(seen, ['exact a.b', 'pattern a.b'])
  assert.equal(eventsOf(bus.listHandlers()), ['a.*', 'a.b'])
})

test('a bad id, handler or option throws its own code and attaches nothing', () => {
  const bus = createBus()
  const attach = (...args: unknown[]) => codeThrownBy(() => callUntyped(bus.attach, bus, ...args))

  for (const id of [undefined, null, 1, '', {}, Symbol('id'), ['h']]) {
    assert.is(attach(id, 'a', ignore), 'invalid_id', `id ${String(id)}`)
  }
  for (const handler of [undefined, null, 'f', {}, []]) assert.is(attach('h', 'a', handler), 'invalid_handler')
  for (const options of [{ onFailure: 'explode' }, { signal: {} }, { flush: 1 }, { close: 'x' }]) {
    assert.is(attach('h', 'a', ignore, undefined, options), 'invalid_option', JSON.stringify(options))
  }
  assert.equal(bus.listHandlers(), [])
})

test('a bad default policy throws invalid_option when the bus is made', () => {
  const make = () => callUntyped(createBus, {}, { onFailure: 'explode' })

  assert.is(codeThrownBy(make), 'invalid_option')
})

test('listHandlers gives one row per handler and pattern, with exactly these keys', () => {
  const bus = createBus()
  const config = { c: 1 }
  bus.attachMany('h', ['a.b', 'a.c'], ignore, config)

  const rows = bus.listHandlers()

  assert.equal(eventsOf(rows), ['a.b', 'a.c'])
  for (const row of rows) {
    assert.equal(keysOf(row), ['config', 'event', 'handler', 'id', 'state'])
    assert.is(row.id, 'h')
    assert.is(row.handler, ignore)
    assert.is(row.config, config)
    assert.is(row.state, 'active')
  }
})

test('listHandlers lists by name prefix, on segment borders only', () => {
  const bus = createBus()
  for (const name of ['a', 'a.b', 'a.b.c', 'ab.c', 'x']) bus.attach(name, name, ignore)

  assert.equal(idsOf(bus.listHandlers('a')), ['a', 'a.b', 'a.b.c'])
  assert.equal(idsOf(bus.listHandlers('a.b')), ['a.b', 'a.b.c'])
  assert.equal(idsOf(bus.listHandlers(['a', 'b'])), ['a.b', 'a.b.c'])
  assert.equal(idsOf(bus.listHandlers('a.b.c.d')), [])
  assert.equal(idsOf(bus.listHandlers('unknown')), [])
  assert.equal(idsOf(bus.listHandlers([])), ['a', 'a.b', 'a.b.c', 'ab.c', 'x'])
  assert.is(bus.listHandlers().length, 5)
})

test('listHandlers lists patterns under the prefix they are written with', () => {
  const bus = createBus()
  bus.attachMany('h', ['a.*', 'a.b.**', '**'], ignore)

  assert.equal(eventsOf(bus.listHandlers('a')), ['a.*', 'a.b.**'])
  assert.is(bus.listHandlers().length, 3)
})

test('what listHandlers returns can be changed without changing the bus', () => {
  const bus = createBus()
  bus.attach('h', 'a', ignore)

  bus.listHandlers().length = 0

  assert.is(bus.listHandlers().length, 1)
})

test('one function attached under two ids runs twice', () => {
  const bus = createBus()
  let calls = 0
  const handler = () => void calls++
  bus.attach('one', 'a', handler)
  bus.attach('two', 'a', handler)

  bus.execute('a', {})
  bus.detach('one')
  bus.execute('a', {})

  assert.is(calls, 3)
})

test('an unknown bus has no handlers of another', () => {
  const [one, two] = [createBus(), createBus()]
  one.attach('h', 'a', ignore)

  assert.equal(two.listHandlers(), [])
  two.attach('h', 'a', ignore)
  one.detach('h')
  assert.is(two.listHandlers().length, 1)
})

test.run()
