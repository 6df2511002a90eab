import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { closeOnSignal, flushOnExit, onExit } from '../../src/delivery/exit.ts'
import { createOutbox } from '../../src/delivery/outbox/outbox.ts'
import { removeDirectory } from '../harness/remove-directory.ts'
import { suite } from '../harness/suite.ts'

const test = suite<{ directory: string }>('delivery/exit', { limitMs: 30_000 })
const program = fileURLToPath(new URL('children/exit.ts', import.meta.url))
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'sonde-exit-'))
})
test.after.each(({ directory }) => removeDirectory(directory))

interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** What ran, in order. */
  readonly ran: readonly string[]
  /** Items that are there at the next start. */
  readonly items: number
  readonly ms: number
}

async function endBy(way: string, directory: string): Promise<End> {
  const report = join(directory, 'report')
  const spool = join(directory, 'spool')
  const begun = Date.now()
  const child = spawn(process.execPath, ['--import', 'tsx', program, way, spool, report], { stdio: 'ignore' })
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('exit', (...end) => resolve(end))
  })
  const ms = Date.now() - begun
  const bus = createBus()
  const outbox = createOutbox({ bus, sink: 'next', directory: spool })
  const items = outbox.size
  outbox.close()
  return { code, signal, ran: read(report), items, ms }
}

function read(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trim().split('\n')
  } catch {
    return []
  }
}

const expected: readonly (readonly [
  way: string,
  code: number | null,
  signal: string | null,
  ran: string[],
  items: number,
])[] = [
  ['end', 0, null, ['flushed', 'exit'], 100],
  ['process.exit', 0, null, ['exit'], 100],
  ['throw', 1, null, ['exit'], 100],
  ['reject', 1, null, ['exit'], 100],
  ['SIGTERM, closeOnSignal', null, 'SIGTERM', ['flushed', 'closed'], 99],
  ['SIGTERM, two buses', null, 'SIGTERM', ['flushed', 'closed'], 99],
  ['SIGTERM, own listener', 7, null, ['flushed', 'closed', 'exit'], 100],
  ['SIGKILL after enqueue', null, 'SIGKILL', [], 100],
]

for (const [way, code, signal, ran, items] of expected) {
  test(`${way}: nothing that is durable is lost, and the process ends as it would have`, async ({ directory }) => {
    const end = await endBy(way, directory)
    assert.equal([end.code, end.signal, end.ran, end.items], [code, signal, ran, items])
    assert.ok(end.ms < 10_000, `${end.ms} ms`)
  })
}

for (const way of ['SIGTERM', 'SIGKILL']) {
  test(`${way} without a listener: what enqueue has not yet promised may be lost, and nothing is damaged`, async ({
    directory,
  }) => {
    const end = await endBy(way, directory)
    assert.equal([end.signal, end.ran], [way, []])
    assert.ok(end.items <= 99)
  })
}

test('stopped twice or in another order, the listeners of the process are as they were', () => {
  const counts = () => ['exit', 'beforeExit', 'SIGTERM', 'SIGINT'].map((name) => process.listenerCount(name))
  const before = counts()
  const bus = createBus()
  const stops = [flushOnExit(bus), flushOnExit(bus), closeOnSignal(bus), onExit(() => {}), closeOnSignal(createBus())]
  assert.equal(
    counts(),
    before.map((count) => count + 1),
  )
  for (const stop of stops) stop()
  for (const stop of stops) stop()
  assert.equal(counts(), before)
})

test('uncaught errors are nobody’s business here', () => {
  const bus = createBus()
  flushOnExit(bus)
  closeOnSignal(bus)()
  assert.equal([process.listenerCount('uncaughtException'), process.listenerCount('unhandledRejection')], [0, 0])
})

test.run()
