import { bookProblems, sumOf } from '../destination.ts'
import { drawFault, type Fault } from '../fault-proxy.ts'
import { offer, quantile } from '../load.ts'
import { eventually } from '../oracle.ts'
import type { ChaosRun, Scenario } from '../scenario.ts'
import { openWebhook, type Webhook } from '../webhook.ts'

const PER_SECOND = 50
const DEAD: readonly Fault[] = [{ kind: 'drip', ms: 50 }, { kind: 'black-hole' }, { kind: 'half-open' }]
/** Of one that lives and is not well; the seed decides which connection is struck by what. */
const MOODS: readonly Fault[] = [
  { kind: 'none' },
  { kind: 'latency', ms: 30 },
  { kind: 'bandwidth', bytesPerSecond: 1_000 },
  { kind: 'reset', afterBytes: 0 },
  { kind: 'reset', afterBytes: 60 },
  { kind: 'end', afterBytes: 100 },
  { kind: 'stall', afterBytes: 20 },
]

/** Reference D4 and O4: deadlines hold, and whoever is stuck is stuck alone. */
export const scenario: Scenario = {
  about:
    'receivers drip, swallow, half-close and have moods: every attempt ends in time, a healthy one beside them notices nothing',
  async run(run) {
    const { scale } = run
    const timeoutMs = Math.max(500, 2_000 * scale)
    const healthy = await open(run, timeoutMs)
    const pits = [...DEAD, drawFault(MOODS, run.random)]
    const stuck = await Promise.all(pits.map(() => open(run, timeoutMs)))
    const all = [healthy, ...stuck]

    await offer(PER_SECOND, 15_000 * scale, () => send(healthy))
    const alone = [...healthy.latencies]
    for (const [index, fault] of pits.entries()) stuck[index]?.proxy.set(fault)
    await offer(PER_SECOND, 25_000 * scale, () => all.forEach(send))
    const beside = healthy.latencies.slice(alone.length)
    for (const { proxy } of stuck) proxy.set({ kind: 'none' })

    const ends = await Promise.all(
      all.map((webhook) => eventually(webhook.oracle, webhook.send, { limitMs: 5_000 + 20_000 * scale })),
    )
    const figures = {
      p50_alone_ms: round(quantile(alone, 0.5)),
      p50_beside_ms: round(quantile(beside, 0.5)),
      p99_alone_ms: round(quantile(alone, 0.99)),
      p99_beside_ms: round(quantile(beside, 0.99)),
      longest_attempt_ms: round(Math.max(...all.flatMap(({ attempts }) => attempts))),
      attempts_timed_out: stuck.flatMap(({ attempts }) => attempts).filter((ms) => ms >= timeoutMs).length,
    }
    const problems = [...ends.flat(), ...all.flatMap(bookProblems), ...judge(figures, timeoutMs)]
    const sums = sumOf(all)
    for (const webhook of all) await webhook.close()
    return {
      load: `${PER_SECOND} items/s to each of ${all.length}`,
      faults: [...DEAD, ...MOODS].map(({ kind }) => kind),
      ...sums,
      figures,
      problems,
    }
  },
}

function judge(figures: Readonly<Record<string, number>>, timeoutMs: number): string[] {
  const problems: string[] = []
  /** `room`, because on a busy machine the 99th of a few hundred is not much of a figure. */
  const limit = (name: string, below: number, room: number) => {
    const value = figures[name] ?? Number.NaN
    if (!(value <= below + room))
      problems.push(`${name} is ${value}, at most ${round(below)} and ${room} for the machine`)
  }
  limit('longest_attempt_ms', timeoutMs * 1.1, 250)
  limit('p50_beside_ms', (figures['p50_alone_ms'] ?? 0) * 1.2, 20)
  // The room is half of what one stuck attempt would cost.
  limit('p99_beside_ms', (figures['p99_alone_ms'] ?? 0) * 1.2, timeoutMs / 2)
  if (figures['attempts_timed_out'] === 0) problems.push('no attempt was stuck')
  return problems
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}

/** Without a circuit, which would keep the sender out of the pit. */
function open({ seed, random }: ChaosRun, timeoutMs: number): Promise<Webhook> {
  return openWebhook({ seed, random, post: { timeoutMs }, sender: { failures: 1e9, capMs: 200 } })
}

function send(webhook: Webhook): void {
  webhook.send(webhook.oracle.issue())
}
