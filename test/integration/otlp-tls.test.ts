import { createBus } from 'sonde'
import { attachOtlp, type OtlpOptions } from 'sonde/handlers/otlp'
import { captureEvents } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { startGrpcReceiver, startHttpReceiver } from '../handlers/otlp/receiver.ts'
import { makeCertificate } from '../harness/certificate.ts'
import { suite } from '../harness/suite.ts'

const test = suite('integration: OTLP over TLS', { limitMs: 20_000 })
const ours = makeCertificate('IP:127.0.0.1')
const theirs = makeCertificate('IP:127.0.0.1')
const elsewhere = makeCertificate('DNS:canary-host.example')

const roads = [
  ['http/protobuf', startHttpReceiver],
  ['grpc', startGrpcReceiver],
] as const

/** Sends one event to a receiver with the certificate `ours`; returns what has arrived and why not. */
async function send([protocol, start]: (typeof roads)[number], options: Partial<OtlpOptions>, shown = ours) {
  const receiver = await start({ tls: shown })
  const bus = createBus()
  const { events } = captureEvents(bus, 'telemetry.sink.export.exception')
  const headers = { authorization: 'Bearer canary-token' }
  const shared = { logs: ['shop.**'], endpoint: receiver.url, protocol, headers, environment: {}, timeoutMs: 1_000 }
  const otlp = attachOtlp(bus, { ...shared, ...options })
  bus.execute('shop.sold', { pieces: 1 })
  await otlp.flush()
  otlp.detach()
  await receiver.close()
  const reason = String(events[0]?.metadata['reason'] ?? '')
  return { arrived: receiver.streams.records.length, reason, text: JSON.stringify([events, otlp.status()]) }
}

for (const road of roads) {
  const [protocol] = road

  test(`${protocol}: an authority of one’s own is trusted`, async () => {
    assert.is((await send(road, { ca: ours.cert })).arrived, 1)
  })

  test(`${protocol}: nothing is sent to a receiver that is not trusted, and no reason tells an address or a secret`, async () => {
    for (const [options, shown] of [
      [{}, ours],
      [{ ca: theirs.cert }, ours],
      [{ ca: elsewhere.cert }, elsewhere],
    ] as const) {
      const { arrived, reason, text } = await send(road, options, shown)
      assert.is(arrived, 0)
      assert.ok(reason !== '', 'the attempt has not failed')
      assert.not.match(text, /canary|127\.0\.0\.1/)
    }
  })
}

test.run()
