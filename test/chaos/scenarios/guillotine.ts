import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { httpReceiver, readBody } from '../../delivery/receiver.ts'
import { offer } from '../load.ts'
import { createOracle, eventually, type Item, type Oracle } from '../oracle.ts'
import type { Scenario } from '../scenario.ts'

const PER_SECOND = 200
const KILLS = 40
/** A kill comes so long after the program is ready, at most. */
const LONGEST_MS = 400
/** In flight, or settled and not yet written, when a kill comes: two attempts and what 10 ms of load bring. */
const COPIES_PER_KILL = 8

const program = fileURLToPath(new URL('../programs/outbox.ts', import.meta.url))

/** Reference D2. */
export const scenario: Scenario = {
  about: 'SIGKILL at random moments: what enqueue has promised is delivered, and only what was in flight twice',
  async run({ seed, scale, random }) {
    const kills = Math.max(4, Math.round(KILLS * scale))
    const oracle = createOracle(seed)
    const directory = mkdtempSync(join(tmpdir(), 'sonde-guillotine-'))
    const receiver = await httpReceiver(async (request, response) => {
      const body = await readBody(request).catch(() => undefined)
      if (body === undefined) return
      oracle.receive(String(body))
      response.end()
    })
    for (let kill = 0; kill < kills; kill++) {
      const child = await start(directory, receiver.url, oracle)
      const send = () => child.connected && child.send(oracle.issue())
      await Promise.race([offer(PER_SECOND, 10_000, () => void send()), sleep(random() * LONGEST_MS)])
      await end(child)
    }
    const child = await start(directory, receiver.url, oracle)
    const problems = await eventually(oracle, (item: Item) => void child.send(item), { limitMs: 20_000 })
    await end(child)
    const { acknowledged, arrived, duplicates } = oracle.tally()
    if (duplicates > kills * COPIES_PER_KILL) problems.push(`${duplicates} duplicates after ${kills} kills`)
    if (acknowledged < kills) problems.push(`only ${acknowledged} items were acknowledged: the kills came too early`)
    await receiver.close()
    rmSync(directory, { recursive: true, force: true })
    return {
      load: `${PER_SECOND} items/s`,
      faults: [`SIGKILL × ${kills}`],
      accepted: acknowledged,
      delivered: arrived,
      dropped: {},
      duplicates,
      problems,
    }
  },
}

async function start(directory: string, url: string, oracle: Oracle): Promise<ChildProcess> {
  const child = fork(program, [directory, url], { execArgv: ['--import', import.meta.resolve('tsx')] })
  await new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', () => reject(new Error('the program did not start')))
  })
  child.on('message', (id) => oracle.acknowledge(Number(id)))
  child.on('error', () => {
    // What was sent to a program that was being killed has not arrived.
  })
  return child
}

async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGKILL')
  await gone
}
