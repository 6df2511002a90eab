import { setTimeout as sleep } from 'node:timers/promises'
import { openAlerts } from '../alerts.ts'
import { exporters, openCounted } from '../counted.ts'
import { bookProblems, type Destination, sumOf } from '../destination.ts'
import type { FaultProxy } from '../fault-proxy.ts'
import { offer } from '../load.ts'
import { eventually } from '../oracle.ts'
import { openOtlpLogs } from '../otlp-logs.ts'
import type { ChaosRun, Scenario } from '../scenario.ts'
import { openSpool } from '../spool.ts'
import { openWebhook } from '../webhook.ts'

/** Every way out that promises to lose nothing while its receiver is away. One more is one more line. */
const destinations: Readonly<Record<string, (run: ChaosRun) => Promise<Destination>>> = {
  'webhook, memory queue': ({ seed, scale, random }) =>
    openWebhook({ seed, random, sender: { capMs: 60_000 * scale, pauseMs: 10_000 * scale } }),
  'webhook, outbox': ({ seed, scale, random }) =>
    openSpool({ seed, sender: { random, capMs: 60_000 * scale, pauseMs: 10_000 * scale } }),
  'alerts, memory': ({ seed, scale }) => openAlerts({ seed, scale, durable: false }),
  'alerts, directory': ({ seed, scale }) => openAlerts({ seed, scale, durable: true }),
  'OTLP logs, memory': ({ seed, scale }) => openOtlpLogs({ seed, retryMs: 10_000 * scale, durable: false }),
  'OTLP logs, directory': ({ seed, scale }) => openOtlpLogs({ seed, retryMs: 10_000 * scale, durable: true }),
}

const PER_SECOND = 100
/** From the end of the outage until all is there, in milliseconds. */
const RECOVERY_MS = 65_000

/** Reference D1 and O1. */
export const scenario: Scenario = {
  about: 'every receiver refuses connections for 60 s: nothing is lost, nothing arrives more than twice',
  async run(run) {
    const opened = await Promise.all(
      Object.entries(destinations).map(async ([name, open]) => [name, await open(run)] as const),
    )
    const work = [
      ...opened.map(([name, destination]) => named(name, blackout(destination, run.scale))),
      ...Object.entries(exporters).map(([name, start]) => named(name, blackoutOfCounter(start, run.scale))),
    ]
    const told = await Promise.all(work)
    const all = opened.map(([, destination]) => destination)
    const sums = sumOf(all)
    for (const destination of all) await destination.close()
    return {
      load: `${PER_SECOND} items/s to each of ${all.length}, and as many increments to each of ${work.length - all.length}`,
      faults: [`refused for ${60 * run.scale} s`],
      ...sums,
      figures: { recovery_ms: Math.round(Math.max(...told.map(({ recoveryMs }) => recoveryMs))) },
      problems: told.flatMap(({ problems }) => problems),
    }
  },
}

interface Told {
  readonly problems: readonly string[]
  /** From the end of the outage until all was there. */
  readonly recoveryMs: number
}

async function named(name: string, work: Promise<Told>): Promise<Told> {
  const { problems, recoveryMs } = await work
  return { problems: problems.map((problem) => `${name}: ${problem}`), recoveryMs }
}

/** Load before, during and after the outage; returns when that was over. */
async function sendThrough(proxy: FaultProxy, scale: number, send: () => void | Promise<void>): Promise<number> {
  await offer(PER_SECOND, 5_000 * scale, send)
  const away = async () => {
    await proxy.refuse()
    await sleep(60_000 * scale)
    await proxy.listen()
  }
  await Promise.all([offer(PER_SECOND, 60_000 * scale, send), away()])
  const over = performance.now()
  await offer(PER_SECOND, 5_000 * scale, send)
  return over
}

/** What a store has counted meanwhile arrives, to the last one. */
async function blackoutOfCounter(start: (typeof exporters)[string], scale: number): Promise<Told> {
  const counted = await openCounted(await start(10_000 * scale))
  let total = 0
  const over = await sendThrough(counted.proxy, scale, () => {
    counted.count()
    total++
  })
  const owed = total - counted.slack
  const deadline = performance.now() + RECOVERY_MS * scale + 20_000
  while (performance.now() < deadline && counted.arrived() < owed) await sleep(20)
  const recoveryMs = performance.now() - over
  const arrived = counted.arrived()
  const problems =
    arrived >= owed && arrived <= total + counted.slack ? [] : [`${arrived} of ${total} increments arrived`]
  await counted.close()
  return { problems, recoveryMs }
}

async function blackout(destination: Destination, scale: number): Promise<Told> {
  const { oracle, proxy } = destination
  const began = await sendThrough(proxy, scale, () => destination.send(oracle.issue()))
  // At a short scale the waits are short, but the work after the outage is what it is.
  const limitMs = RECOVERY_MS * scale + 5_000
  const problems = await eventually(oracle, (item) => destination.send(item), { limitMs })
  const recoveryMs = performance.now() - began
  problems.push(...bookProblems(destination))
  const { mostCopies } = oracle.tally()
  if (mostCopies > 2) problems.push(`one item has arrived ${mostCopies} times`)
  const { dropped } = destination.ledger.snapshot()
  for (const [reason, count] of Object.entries(dropped)) if (count > 0) problems.push(`${count} dropped: ${reason}`)
  return { problems, recoveryMs }
}
