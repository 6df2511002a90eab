import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readBody } from '../../delivery/receiver.ts'
import { startHttpReceiver } from '../../handlers/otlp/receiver.ts'
import { attributesOf } from '../../handlers/otlp/strict-streams.ts'
import type { SinksConfig } from '../programs/sinks.ts'
import type { Scenario } from '../scenario.ts'

const ITEMS = 100
/** Ways to end that wait for a flush; the others leave what is durable for the next start. */
const GENTLE = ['end', 'SIGTERM'] as const
const HARSH = ['process.exit', 'throw', 'reject'] as const
/** An end with all receivers there. */
const LIMIT_MS = 5_000
/** An end with none there: the five seconds of `bus.flush()`, and starting and stopping. */
const DEAD_LIMIT_MS = 12_000

const program = fileURLToPath(new URL('../programs/sinks.ts', import.meta.url))

/** Reference L1 to L3. */
export const scenario: Scenario = {
  about:
    'a program with every sink ends in every way: what is durable arrives, now or after the next start, and nothing holds it up',
  async run() {
    const problems: string[] = []
    let [delivered, duplicates, longestMs] = [0, 0, 0]
    for (const way of [...GENTLE, ...HARSH]) {
      const told = await endBy(way)
      problems.push(...told.problems.map((problem) => `${way}: ${problem}`))
      delivered += told.delivered
      duplicates += told.duplicates
      longestMs = Math.max(longestMs, told.ms)
    }
    const deadMs = await endWithoutReceivers()
    if (deadMs > DEAD_LIMIT_MS) problems.push(`without receivers it takes ${deadMs} ms to end`)
    const ways = GENTLE.length + HARSH.length
    return {
      load: `${ITEMS} events, ${ways} ways to end`,
      faults: [...GENTLE, ...HARSH, 'no receiver'],
      accepted: ITEMS * ways,
      delivered,
      dropped: {},
      duplicates,
      figures: { longest_ms: longestMs, without_receivers_ms: deadMs },
      problems,
    }
  },
}

interface End {
  readonly delivered: number
  readonly duplicates: number
  readonly ms: number
  readonly problems: readonly string[]
}

async function endBy(way: string): Promise<End> {
  const receivers = await startReceivers()
  const ms = await run(way, ITEMS, receivers.config)
  const [atOnce, counted, pushed] = [receivers.ids().length, receivers.counted(), receivers.pushed()]
  await run('end', 0, receivers.config)
  const ids = receivers.ids()
  const distinct = new Set(ids).size
  const problems = [...receivers.problems()]
  if (distinct !== ITEMS) problems.push(`${ITEMS - distinct} of ${ITEMS} events are lost`)
  if (ms > LIMIT_MS) problems.push(`it took ${ms} ms to end`)
  if (GENTLE.some((gentle) => gentle === way)) {
    if (atOnce !== ITEMS) problems.push(`only ${atOnce} of ${ITEMS} events had arrived when it ended`)
    if (counted !== ITEMS) problems.push(`StatsD has counted ${counted}`)
    if (!pushed.includes(`chaos_item_total ${ITEMS}`)) problems.push('the Pushgateway has not seen the end')
  }
  await receivers.close()
  return { delivered: distinct, duplicates: ids.length - distinct, ms, problems }
}

async function endWithoutReceivers(): Promise<number> {
  const receivers = await startReceivers()
  await receivers.close()
  return run('end', ITEMS, receivers.config)
}

/** Milliseconds from start to end. */
async function run(way: string, items: number, config: SinksConfig): Promise<number> {
  const args = ['--import', import.meta.resolve('tsx'), program, way, String(items), JSON.stringify(config)]
  const began = performance.now()
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit')
  return Math.round(performance.now() - began)
}

async function startReceivers() {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-last-words-'))
  const otlp = await startHttpReceiver()
  let [statsd, pushed] = ['', '']
  const listener = createServer((socket) => {
    socket.on('data', (data: Buffer) => {
      statsd += data.toString()
    })
  }).listen(0, '127.0.0.1')
  const gateway = createHttpServer(async (request, response) => {
    pushed = String(await readBody(request))
    response.end()
  }).listen(0, '127.0.0.1')
  await Promise.all([once(listener, 'listening'), once(gateway, 'listening')])
  // The boundary: a server that listens on a port has an address of this kind.
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port
  const pushgateway = `http://127.0.0.1:${portOf(gateway)}`
  const config: SinksConfig = { otlp: otlp.url, directory, pushgateway, statsdPort: portOf(listener) }

  return {
    config,
    ids: () => otlp.streams.records.flatMap((record) => attributesOf(record).filter((text) => text.startsWith('id='))),
    problems: () => otlp.problems,
    counted: () => [...statsd.matchAll(/^chaos\.item:(\d+)\|c$/gm)].reduce((sum, [, count]) => sum + Number(count), 0),
    pushed: () => pushed,
    async close() {
      await otlp.close()
      await Promise.all([listener, gateway].map((server) => new Promise((resolve) => server.close(resolve))))
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
