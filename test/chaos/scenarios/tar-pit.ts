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
    const [p50Alone, p50Beside] = [quantile(alone, 0.5), quantile(beside, 0.5)]
    const [p99Alone, p99Beside] = [quantile(alone, 0.99), quantile(beside, 0.99)]
    const longest = Math.max(...all.flatMap(({ attempts }) => attempts))
    const late = stuck.flatMap(({ attempts }) => attempts).filter((ms) => ms >= timeoutMs).length
    const problems = [...ends.flat(), ...all.flatMap(bookProblems)]
    // The tenth is the reference's; the rest is what a busy machine adds to a timer.
    if (longest > timeoutMs * 1.1 + 250) problems.push(`an attempt took ${longest} ms, its limit is ${timeoutMs} ms`)
    if (late === 0) problems.push('no attempt was stuck')
    // Half of what one stuck attempt would cost: on a busy machine the 99th of a few hundred is not much of a figure.
    if (p99Beside > p99Alone * 1.2 + timeoutMs / 2) problems.push(`healthy p99 ${p99Beside} ms, alone ${p99Alone} ms`)
    if (p50Beside > p50Alone * 1.2 + 20) problems.push(`healthy p50 ${p50Beside} ms, alone ${p50Alone} ms`)
    const sums = sumOf(all)
    for (const webhook of all) await webhook.close()
    return {
      load: `${PER_SECOND} items/s to each of ${all.length}`,
      faults: [...DEAD, ...MOODS].map(({ kind }) => kind),
      ...sums,
      figures: {
        p99_alone_ms: p99Alone,
        p99_beside_ms: p99Beside,
        longest_attempt_ms: longest,
        attempts_timed_out: late,
      },
      problems,
    }
  },
}

/** Without a circuit, which would keep the sender out of the pit. */
function open({ seed, random }: ChaosRun, timeoutMs: number): Promise<Webhook> {
  return openWebhook({ seed, random, post: { timeoutMs }, sender: { failures: 1e9, capMs: 200 } })
}

function send(webhook: Webhook): void {
  webhook.send(webhook.oracle.issue())
}
