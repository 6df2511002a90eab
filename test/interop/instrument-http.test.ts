import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { TelemetryError } from '../../src/core/errors.ts'
import { instrumentHttp } from '../../src/interop/instrument-http.ts'
import { suite } from '../harness/suite.ts'
import { get, instrumented, serve, until } from './loopback.ts'

const test = suite('interop/instrument-http')

test('a second call for the same bus throws, and after the first has ended it does not', () => {
  const bus = createBus()
  const detach = instrumentHttp(bus)
  assert.throws(
    () => instrumentHttp(bus),
    (error: unknown) => error instanceof TelemetryError && error.code === 'already_instrumented',
  )
  assert.is(detach(), true)
  assert.is(detach(), false)
  assert.is(instrumentHttp(bus)(), true)
})

test('a second copy of the library sees that the bus is instrumented', async () => {
  const bus = createBus()
  const detach = instrumentHttp(bus)
  // Another URL is another instance of the module.
  const copy: typeof import('../../src/interop/instrument-http.ts') = await import(
    `${new URL('../../src/interop/instrument-http.ts', import.meta.url).href}?copy`
  )
  assert.is.not(copy.instrumentHttp, instrumentHttp)
  assert.throws(() => copy.instrumentHttp(bus), /instrumented already/)
  detach()
})

test('two buses are told of the same request, once each', async () => {
  const one = instrumented('http.server.request.*')
  const two = instrumented('http.server.request.*')
  await using server = await serve((_request, response) => void response.end())
  await get(server.url)
  await until(() => one.events.length === 2 && two.events.length === 2)
  one.detach()
  two.detach()
})

test('after its end nothing is told of', async () => {
  const { events, detach } = instrumented('http.**')
  await using server = await serve((_request, response) => void response.end())
  detach()
  await get(server.url)
  assert.is(events.length, 0)
})

test('either side can be left out', async () => {
  const server = instrumented('http.**', { client: false })
  const client = instrumented('http.**', { server: false })
  await using loopback = await serve((_request, response) => void response.end())
  await get(loopback.url)
  await until(() => server.events.length === 2 && client.events.length === 2)
  for (const { event } of server.events) assert.match(event, /^http\.server\./)
  for (const { event } of client.events) assert.match(event, /^http\.client\./)
  server.detach()
  client.detach()
})

test('it can stand in a `using` declaration', () => {
  const bus = createBus()
  {
    using detach = instrumentHttp(bus)
    assert.type(detach, 'function')
  }
  instrumentHttp(bus)()
})

test('bad options throw and instrument nothing', () => {
  const bus = createBus()
  const wrong: unknown[] = [
    null,
    { server: 'yes' },
    { ignore: /metrics/ },
    { route: '/users/:id' },
    { routes: '/users/:id' },
    { routes: ['users'] },
    { ignored: () => true },
  ]
  for (const options of wrong) {
    assert.throws(
      // @ts-expect-error wrong on purpose
      () => instrumentHttp(bus, options),
      (error: unknown) => error instanceof TelemetryError && error.code === 'invalid_option',
    )
  }
  instrumentHttp(bus)()
})

test.run()
