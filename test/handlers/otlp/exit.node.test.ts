import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBus } from 'sonde'
import { attachOtlp } from 'sonde/handlers/otlp'
import { createStore } from 'sonde/metrics'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { type OtlpReceiver, startGrpcReceiver, startHttpReceiver } from './receiver.ts'

const test = suite('handlers/otlp at the end of the process', { limitMs: 60_000 })
const program = fileURLToPath(new URL('children/exit.ts', import.meta.url))

/** Runs the child to its end, and gives how long that took from its start, in milliseconds. */
async function runChild(...args: readonly string[]): Promise<number> {
  const begun = performance.now()
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], { stdio: 'ignore' })
  await new Promise((resolve) => child.once('exit', resolve))
  return performance.now() - begun
}

function arrived({ streams }: OtlpReceiver) {
  return { sold: streams.totals.get('shop.sold.count{}') ?? 0, records: streams.records.length }
}

for (const [protocol, start] of [
  ['http/protobuf', startHttpReceiver],
  ['grpc', startGrpcReceiver],
] as const) {
  test(`L1, L2: ${protocol}: a program that ends by itself delivers everything and is not kept alive`, async () => {
    const receiver = await start()
    const took = await runChild('end', receiver.url, protocol)
    assert.equal(arrived(receiver), { sold: 100, records: 100 })
    assert.ok(took < 15_000, `${took} ms`)
    assert.equal(receiver.problems, [])
    await receiver.close()
  })
}

for (const way of ['end', 'process.exit', 'throw']) {
  test(`L1: with a directory and no receiver nothing is lost by ${way}`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-otlp-'))
    const before = await startHttpReceiver()
    await before.close()
    await runChild(way, before.url, 'http/protobuf', directory)
    const receiver = await startHttpReceiver({ port: before.port })
    const next = attachOtlp(createBus(), {
      store: createStore({ metrics: [] }),
      logs: ['none'],
      endpoint: receiver.url,
      environment: {},
      directory,
    })
    await next.flush()
    assert.equal(arrived(receiver), { sold: 100, records: 100 })
    assert.is(next.ledgers.logs?.snapshot().delivered, 100)
    next.detach()
    for (const ledger of Object.values(next.ledgers)) ledger.assertConserved()
    assert.equal(receiver.problems, [])
    await receiver.close()
    rmSync(directory, { recursive: true, force: true })
  })
}

test.run()
