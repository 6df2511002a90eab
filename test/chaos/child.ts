/** The process of one run: `tsx test/chaos/child.ts NAME SEED SCALE`. Prints one line of JSON; exits with 0 when all held. */
import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { describeError } from '../harness/describe-error.ts'
import { random } from '../metrics/random.ts'
import type { ChaosResult, Scenario } from './scenario.ts'

const RESOLUTION_MS = 10

const [name = '', seed = 1, scale = 1] = process.argv.slice(2).map((text, index) => (index === 0 ? text : Number(text)))
const { scenario }: { scenario: Scenario } = await import(`./scenarios/${name}.ts`)
const { version }: { version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delay.enable()
const began = performance.now()
const result = await run()
delay.disable()

const passes = result.problems.length === 0
const rerun = passes ? {} : { rerun: `npm run chaos -- ${name} --seed ${seed} --scale ${scale}` }
const line = {
  scenario: name,
  seed,
  scale,
  versions: { sonde: version, node: process.version },
  ...result,
  max_rss_mib: Math.round(process.resourceUsage().maxRSS / 1_024),
  // The histogram holds the distance between two looks, which is never less than its resolution.
  max_loop_lag_ms: Math.round(Math.max(0, delay.max / 1e6 - RESOLUTION_MS)),
  duration_ms: Math.round(performance.now() - began),
  verdict: passes ? 'pass' : 'fail',
  ...rerun,
}
process.stdout.write(`${JSON.stringify(line)}\n`, () => process.exit(passes ? 0 : 1))

async function run(): Promise<ChaosResult> {
  try {
    return await scenario.run({ seed: Number(seed), scale: Number(scale), random: random(Number(seed)) })
  } catch (thrown) {
    const nothing = { load: '', faults: [], accepted: 0, delivered: 0, dropped: {}, duplicates: 0 }
    return { ...nothing, problems: [describeError(thrown)] }
  }
}
