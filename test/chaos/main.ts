/**
 * `npm run chaos -- NAME… [--seed N] [--scale X]`, `--list`, `--tier commit`.
 *
 * Runs scenarios one after the other, each in a process of its own, which prints one line of JSON. The last line is
 * `N passed, N failed`; the exit code is 1 when anything failed. `--tier commit` runs all at a tenth of their length.
 */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Scenario } from './scenario.ts'

/** For one scenario at full length; none needs half of it. */
const LIMIT_MS = 300_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    tier: { type: 'string' },
    seed: { type: 'string', default: '1' },
    scale: { type: 'string' },
  },
})
const all = readdirSync(new URL('scenarios', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => entry.name.replace(/\.ts$/, ''))
  .sort()

const mistake = findMistake()
if (values.list) await list()
else if (mistake !== undefined) {
  console.error(`chaos: ${mistake}`)
  process.exitCode = 2
} else await runAll(values.tier === undefined ? positionals : all)

function findMistake(): string | undefined {
  const unknown = positionals.filter((name) => !all.includes(name))
  if (unknown.length > 0) return `there is no ${unknown.join(', ')}; there are ${all.join(', ')}`
  if (values.tier !== undefined && values.tier !== 'commit') return "the one tier is 'commit'"
  if (values.tier === undefined && positionals.length === 0) return 'name a scenario, or --list, or --tier commit'
  if (!Number.isSafeInteger(Number(values.seed))) return '--seed is a whole number'
  return values.scale === undefined || Number(values.scale) > 0 ? undefined : '--scale is a number above 0'
}

async function list(): Promise<void> {
  for (const name of all) {
    const { scenario }: { scenario: Scenario } = await import(`./scenarios/${name}.ts`)
    console.log(`${name.padEnd(14)}${scenario.about}`)
  }
}

async function runAll(names: readonly string[]): Promise<void> {
  const scale = values.scale ?? (values.tier === undefined ? '1' : '0.1')
  let passed = 0
  for (const name of names) if (await runOne([name, values.seed, scale])) passed++
  console.log(`${passed} passed, ${names.length - passed} failed`)
  process.exitCode = passed === names.length ? 0 : 1
}

async function runOne(args: readonly string[]): Promise<boolean> {
  const file = fileURLToPath(new URL('child.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
  let told = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (told += text))
  const end = await new Promise<string | number>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  clearTimeout(limit)
  // A process that was killed, or has run out of things to wait for, has said nothing, which is no success.
  const problems = [`its process ended with ${end} and no verdict`]
  const nothing = { scenario: args[0], seed: args[1], scale: args[2], verdict: 'fail', problems }
  console.log(told.trim() || JSON.stringify(nothing))
  return end === 0 && told !== ''
}
