import { setTimeout as sleep } from 'node:timers/promises'
import { httpReceiver } from '../../delivery/receiver.ts'
import { bookProblems, sumOf } from '../destination.ts'
import { type Lie, makeLies } from '../lies.ts'
import { offer } from '../load.ts'
import { eventually } from '../oracle.ts'
import type { ChaosRun, Scenario } from '../scenario.ts'
import { honest, openWebhook, type Webhook } from '../webhook.ts'

const PER_SECOND = 50
const LYING_MS = 25_000
/** Receiver and sender share the process, and so they do the sockets' buffers. */
const MAX_GROWTH_MIB = 96

/** Reference D3, D6 and D7. */
export const scenario: Scenario = {
  about: 'receivers lie about status, length, waits and where to go: nothing is lost, followed or expanded',
  async run(run) {
    let visits = 0
    const internal = await httpReceiver((_request, response) => {
      visits++
      response.end()
    })
    const lies = Object.entries(makeLies(internal.url))
    const told = await Promise.all(lies.map(async ([name, lie]) => ({ name, lie, webhook: await open(run, lie) })))
    const all = told.map(({ webhook }) => webhook)
    const before = process.memoryUsage().rss
    let turn = 0
    await offer(PER_SECOND, LYING_MS * run.scale, () => send(all[turn++ % all.length]))
    const requests = all.reduce((sum, webhook) => sum + webhook.requests(), 0)

    const ends = await Promise.all(told.map((one) => endOf(one, run.scale)))
    const problems = [...ends.flat(), ...all.flatMap(bookProblems)]
    const grown = Math.round((process.resourceUsage().maxRSS * 1_024 - before) / 2 ** 20)
    if (visits > 0) problems.push(`an internal address was visited ${visits} times`)
    if (grown > MAX_GROWTH_MIB) problems.push(`memory has grown by ${grown} MiB`)
    for (const webhook of all) await webhook.close()
    problems.push(...all.flatMap(bookProblems))
    await internal.close()
    return {
      load: `${PER_SECOND} items/s over ${all.length} destinations`,
      faults: lies.map(([name]) => name),
      ...sumOf(all),
      figures: { requests_while_lying: requests, memory_growth_mib: grown },
      problems,
    }
  },
}

async function open({ seed, random, scale }: ChaosRun, { answer, post = {}, fault }: Lie): Promise<Webhook> {
  const sender = { capMs: 60_000 * scale, pauseMs: 10_000 * scale }
  const webhook = await openWebhook({ seed, random, post, sender })
  webhook.answerWith(answer)
  if (fault !== undefined) webhook.proxy.set(fault)
  return webhook
}

function send(webhook: Webhook | undefined): void {
  webhook?.send(webhook.oracle.issue())
}

/** From here on the receiver tells the truth. Returns what is wrong then. */
async function endOf(
  { name, lie, webhook }: { readonly name: string; readonly lie: Lie; readonly webhook: Webhook },
  scale: number,
): Promise<string[]> {
  const problems: string[] = []
  const limitMs = 60_000 * scale + 5_000
  if (lie.end === 'dropped') await drained(webhook, limitMs)
  const { accepted, dropped } = webhook.ledger.snapshot()
  const calls = webhook.requests()
  if (accepted === 0 || calls === 0) problems.push('nobody was lied to')
  if (lie.end === 'dropped' && dropped['permanent'] !== accepted) problems.push(`${accepted} accepted, not all dropped`)
  if (calls > (lie.mostRequests ?? calls)) problems.push(`${calls} requests, ${lie.mostRequests} at most`)
  webhook.answerWith(honest)
  webhook.proxy.set({ kind: 'none' })
  if (lie.end !== 'asked-off') {
    const mayMiss = () => webhook.ledger.snapshot().dropped['permanent'] ?? 0
    problems.push(...(await eventually(webhook.oracle, webhook.send, { limitMs, mayMiss })))
    if (lie.end === 'arrived' && mayMiss() > 0) problems.push(`${mayMiss()} dropped`)
  }
  return problems.map((problem) => `${name}: ${problem}`)
}

/** Waits until nothing is in flight, `limitMs` at most. */
async function drained({ ledger }: Webhook, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs
  while (ledger.snapshot().in_flight > 0 && performance.now() < deadline) await sleep(20)
}
