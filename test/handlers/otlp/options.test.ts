import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBus } from 'sonde'
import { attachOtlp, type OtlpOptions } from 'sonde/handlers/otlp'
import { captureEvents, testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { resourceAttributes, scope } from '../../../handlers/otlp/encode/resource.ts'
import { readEnvironment, readResource, readTemporality } from '../../../handlers/otlp/environment.ts'
import { readSettings } from '../../../handlers/otlp/settings.ts'
import manifest from '../../../package.json' with { type: 'json' }
import { removeDirectory } from '../../harness/remove-directory.ts'
import { suite } from '../../harness/suite.ts'
import { shop } from './readings.ts'
import { startHttpReceiver } from './receiver.ts'

const test = suite('handlers/otlp/options', { limitMs: 60_000 })
const OTLP = 'OTEL_EXPORTER_OTLP'

test('behaves as a handler must', async () => {
  const secret = 'canary-token'
  const { store } = shop()
  const endpoint = `http://user:${secret}@127.0.0.1:9`
  const wrong: readonly unknown[] = [
    {},
    { store: {} },
    { logs: [] },
    { logs: ['a..b'] },
    { store, nonsense: 1 },
    { store, endpoint: `ftp://${secret}` },
    { store, endpoint: secret },
    { store, headers: { authorization: `Bearer ${secret}\r\nx: y` } },
    { store, headers: { 'content-length': secret } },
    { store, protocol: 'udp' },
    { store, protocol: 'grpc', headers: { 'x-bin': secret } },
    { store, timeoutMs: 0 },
    { store, intervalMs: Number.NaN },
    { store, maxPoints: 1.5 },
    { store, temporality: 'none' },
    { store, compression: 'br' },
    { store, resource: { a: {} } },
    { store, directory: '' },
    { store, directory: '/dev/null/x' },
    { store, exporter: {} },
    { logs: ['a'], exporter: { export() {} } },
    { store, environment: { [`${OTLP}_TIMEOUT`]: secret } },
    { store, environment: { [`${OTLP}_HEADERS`]: `authorization=${secret}%` } },
    { store, environment: { [`${OTLP}_METRICS_ENDPOINT`]: secret } },
    { store, environment: { [`${OTLP}_CERTIFICATE`]: '/none' } },
    { store, environment: { [`${OTLP}_PROTOCOL`]: secret } },
    { store, environment: { OTEL_RESOURCE_ATTRIBUTES: secret } },
  ]
  await testHandler(attachOtlp, {
    options: () => ({
      store,
      logs: ['shop.*'],
      endpoint,
      headers: { 'x-key': secret },
      environment: {},
      intervalMs: 1_000,
    }),
    invalid: wrong,
    secrets: [secret],
  })
})

test('the error for a variable names it and nothing of its value', () => {
  const cases = {
    [`${OTLP}_TIMEOUT`]: '-5',
    [`${OTLP}_LOGS_TIMEOUT`]: '1e3',
    [`${OTLP}_COMPRESSION`]: 'zstd',
    [`${OTLP}_LOGS_PROTOCOL`]: 'pigeon',
    [`${OTLP}_ENDPOINT`]: 'localhost:4317',
    [`${OTLP}_HEADERS`]: 'no pair',
  }
  for (const [variable, value] of Object.entries(cases)) {
    assert.throws(
      () => readEnvironment({ [variable]: value }, 'logs'),
      (error: unknown) => error instanceof Error && error.message.includes(variable) && !error.message.includes(value),
      variable,
    )
  }
  assert.throws(() => readTemporality({ [`${OTLP}_METRICS_TEMPORALITY_PREFERENCE`]: 'x' }), /TEMPORALITY_PREFERENCE/)
})

test('a variable for the signal goes before the one for all, and an empty one is as none', () => {
  const environment = {
    [`${OTLP}_TIMEOUT`]: '1000',
    [`${OTLP}_LOGS_TIMEOUT`]: '2000',
    [`${OTLP}_METRICS_TIMEOUT`]: '',
    [`${OTLP}_HEADERS`]: 'api-key=a%20b, x = 1,',
    [`${OTLP}_COMPRESSION`]: 'gzip',
    [`${OTLP}_PROTOCOL`]: 'http/json',
  }
  const [metrics, logs] = (['metrics', 'logs'] as const).map((signal) => readEnvironment(environment, signal))
  assert.equal([metrics?.timeoutMs, logs?.timeoutMs], [1_000, 2_000])
  assert.equal(metrics?.headers, { 'api-key': 'a b', x: '1' })
  assert.is(metrics?.compression, 'gzip')
  assert.is(metrics?.protocol, 'http/json')
})

test('a base address gets the path of the signal, one for the signal is used as it is', () => {
  const urlOf = (options: Partial<OtlpOptions>, signal: 'metrics' | 'logs' = 'metrics') =>
    readSettings({ environment: {}, ...options }, signal).url
  assert.is(urlOf({}), 'http://localhost:4318/v1/metrics')
  assert.is(urlOf({ protocol: 'grpc' }), 'http://localhost:4317')
  assert.is(urlOf({ endpoint: 'https://a.example/otlp/' }, 'logs'), 'https://a.example/otlp/v1/logs')
  assert.is(urlOf({ endpoint: 'https://a.example/?k=1' }), 'https://a.example/v1/metrics?k=1')
  assert.is(urlOf({ endpoints: { metrics: 'https://a.example/here' } }), 'https://a.example/here')
  const base = { [`${OTLP}_ENDPOINT`]: 'http://b:1' }
  const own = { ...base, [`${OTLP}_METRICS_ENDPOINT`]: 'http://c:2/x' }
  assert.is(urlOf({ environment: base }, 'logs'), 'http://b:1/v1/logs')
  assert.is(urlOf({ environment: own }), 'http://c:2/x')
  assert.is(urlOf({ environment: own }, 'logs'), 'http://b:1/v1/logs')
  assert.is(urlOf({ environment: own, endpoint: 'http://d:3' }), 'http://d:3/v1/metrics')
})

test('options go before the environment, header by header', () => {
  const environment = { [`${OTLP}_HEADERS`]: 'a=1,b=2', [`${OTLP}_TIMEOUT`]: '5', [`${OTLP}_PROTOCOL`]: 'grpc' }
  const { headers, timeoutMs, protocol } = readSettings(
    { environment, headers: { b: '3' }, timeoutMs: 7, protocol: 'http/json' },
    'logs',
  )
  assert.equal([headers, timeoutMs, protocol], [{ a: '1', b: '3' }, 7, 'http/json'])
})

test('the resource: what is known, the environment, global tags, own attributes, each over the one before', () => {
  const environment = {
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=x,k8s.pod.name=p%2C1,a=env',
    OTEL_SERVICE_NAME: 'named',
  }
  const attributes = resourceAttributes(
    readResource(environment),
    { env: 'prod', a: 'tag', team: 't' },
    { team: 'own', n: 1 },
  )
  const { 'service.instance.id': instance, 'host.name': host, ...rest } = attributes
  assert.match(String(instance), /^[\da-f]{8}-[\da-f-]{27}$/)
  assert.is(typeof host, 'string')
  assert.equal(rest, {
    'service.name': 'named',
    'process.pid': process.pid,
    'telemetry.sdk.name': 'sonde',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': manifest.version,
    'k8s.pod.name': 'p,1',
    a: 'tag',
    'deployment.environment.name': 'prod',
    team: 'own',
    n: 1,
  })
  assert.is(scope.version, manifest.version)
  assert.is(resourceAttributes({}, { service: 'shop' }, {})['service.name'], 'shop')
  assert.is(resourceAttributes({}, {}, {})['service.name'], 'unknown_service:node')
})

test('O10: credentials over HTTP to another machine are told of, and not to this one or over TLS', () => {
  const headers = { authorization: 'Bearer x' }
  const isInsecure = (endpoint: string, own: Record<string, string> = headers) =>
    readSettings({ environment: {}, endpoint, headers: own }, 'logs').insecure
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '127.1.2.3'])
    assert.is(isInsecure(`http://${host}:4318`), false, host)
  assert.is(isInsecure('https://a.example'), false)
  assert.is(isInsecure('http://a.example', { 'x-tenant': '1' }), false)
  assert.is(isInsecure('http://a.example'), true)
  assert.is(isInsecure('http://a.example', { 'x-api-key': '1' }), true)
  assert.is(isInsecure('http://user:pass@a.example', {}), true)
  assert.is(isInsecure('http://localhost.example'), true)
})

test('O10: the warning is one event, with the first request', async () => {
  const bus = createBus()
  const { events, waitFor } = captureEvents(bus, 'telemetry.sink.**')
  // An address of TEST-NET-1, which goes nowhere; the attempt is cut short.
  const otlp = attachOtlp(bus, {
    logs: ['a'],
    endpoint: 'http://192.0.2.1:4318',
    headers: { authorization: 'x' },
    environment: {},
    timeoutMs: 100,
  })
  bus.execute('a', {}, {})
  void otlp.flush()
  await waitFor('telemetry.sink.export.exception')
  const warnings = events.filter(({ event }) => event === 'telemetry.sink.warning')
  assert.equal(
    warnings.map(({ metadata }) => metadata['reason']),
    ['insecure'],
  )
  otlp.detach()
})

test('O10: there is no way to turn the checks of TLS off', () => {
  for (const option of ['rejectUnauthorized', 'insecure', 'agent', 'tls'])
    assert.throws(() => attachOtlp(createBus(), { logs: ['a'], [option]: false }), /there is no option/)
})

test('the environment is that of the process when none is given', async () => {
  const receiver = await startHttpReceiver()
  process.env[`${OTLP}_ENDPOINT`] = receiver.url
  process.env['OTEL_SERVICE_NAME'] = 'from-env'
  try {
    const bus = createBus()
    const otlp = attachOtlp(bus, { logs: ['a'] })
    bus.execute('a', {}, {})
    await bus.close()
    assert.is(receiver.streams.records.length, 1)
    assert.match(JSON.stringify(receiver.requests[0]?.message), /from-env/)
    otlp.detach()
  } finally {
    delete process.env[`${OTLP}_ENDPOINT`]
    delete process.env['OTEL_SERVICE_NAME']
    await receiver.close()
  }
})

test('two handlers cannot share a directory, and the one that fails leaves nothing', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-otlp-'))
  writeFileSync(join(directory, 'other'), '')
  const bus = createBus()
  const options = { logs: ['a'], store: shop().store, directory, endpoint: 'http://127.0.0.1:9', environment: {} }
  const first = attachOtlp(bus, options)
  assert.throws(
    () => attachOtlp(bus, { ...options, id: 'second' }),
    (error: unknown) => error instanceof Error && 'code' in error && error.code === 'directory_in_use',
  )
  assert.throws(() => attachOtlp(bus, { logs: ['b'], environment: {} }), /otlp/)
  assert.is(bus.listHandlers().length, 1)
  first.detach()
  removeDirectory(directory)
})

test.run()
