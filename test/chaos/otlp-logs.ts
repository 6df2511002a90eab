import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBus } from 'sonde'
import { attachOtlp } from 'sonde/handlers/otlp'
import { startHttpReceiver } from '../handlers/otlp/receiver.ts'
import { attributesOf } from '../handlers/otlp/strict-streams.ts'
import type { Destination } from './destination.ts'
import { startFaultProxy } from './fault-proxy.ts'
import { createOracle } from './oracle.ts'

interface OtlpLogsOptions {
  readonly seed: number
  readonly retryMs: number
  /** Whether log records wait on disk. */
  readonly durable: boolean
}

/** Of records no order is promised: each item is a key of its own. */
const KEYS = 1e9
const PAYLOAD = 'payload='

/** Starts an OTLP exporter of events as log records, and a strict receiver. */
export async function openOtlpLogs({ seed, retryMs, durable }: OtlpLogsOptions): Promise<Destination> {
  const bus = createBus()
  const oracle = createOracle(seed, KEYS)
  const directory = durable ? mkdtempSync(join(tmpdir(), 'sonde-otlp-logs-')) : undefined
  let heard = 0
  const hear = () => {
    for (const record of receiver.streams.records.slice(heard)) {
      const text = attributesOf(record).find((one) => one.startsWith(PAYLOAD)) ?? ''
      oracle.receive(text.slice(PAYLOAD.length))
    }
    heard = receiver.streams.records.length
  }
  const reply = () => {
    setImmediate(hear)
    return {}
  }
  const receiver = await startHttpReceiver({ reply })
  const proxy = await startFaultProxy(receiver.port)
  const otlp = attachOtlp(bus, {
    logs: ['chaos.item'],
    endpoint: `http://127.0.0.1:${proxy.port}`,
    environment: {},
    retryMs,
    ...(directory !== undefined && { directory }),
  })
  const ledger = otlp.ledgers.logs
  if (ledger === undefined) throw new Error('an exporter of logs has a ledger of logs')

  return {
    oracle,
    proxy,
    ledger,
    send({ id, payload }) {
      bus.execute('chaos.item', {}, { payload })
      oracle.acknowledge(id)
    },
    async close() {
      await bus.close()
      await proxy.close()
      await receiver.close()
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
    },
  }
}
