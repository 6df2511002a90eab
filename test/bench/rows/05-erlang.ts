import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { probe } from '../probe.ts'
import { atLeast, type Check, type Effort, notMeasured, type Row } from '../row.ts'
import { ratioOfRounds } from '../statistics.ts'

/** Nanoseconds per case. */
type Times = { readonly [name: string]: number }

/** Names the folder of a compiled `:telemetry`: `telemetry.app` and its `.beam` files. */
const VARIABLE = 'SONDE_BENCH_TELEMETRY_EBIN'

const GOALS = [
  { what: '`:telemetry.execute`, 1 handler', name: '1', goal: 15 },
  { what: '`:telemetry.execute`, 3 handlers', name: '3', goal: 10 },
  { what: '`:telemetry.execute`, 10 handlers', name: '10', goal: 7 },
  { what: '`:telemetry.span`', name: 'span', goal: 5 },
]

export const row: Row = {
  row: 5,
  work: 'times as fast as Erlang, `execute` by name and `span`',
  async run(effort) {
    const reason = missing()
    if (reason !== undefined) return GOALS.map(({ what, goal }) => notMeasured(atLeast(what, goal, 0), reason))
    const compiled = mkdtempSync(join(tmpdir(), 'sonde-bench-'))
    try {
      execFileSync('erlc', ['-o', compiled, 'erlang/sonde_bench.erl'], { stdio: 'pipe' })
      return compare(effort, compiled)
    } finally {
      rmSync(compiled, { recursive: true })
    }
  },
}

/** Erlang is another virtual machine: rounds alternate process by process. */
function compare({ rounds }: Effort, compiled: string): Check[] {
  const beam: Times[] = []
  const node: Times[] = []
  for (let round = 0; round < Math.min(rounds, 9); round++) {
    beam.push(runErlang(compiled))
    node.push(probe<Times>('probes/names.js'))
  }
  return GOALS.map(({ what, name, goal }) => {
    const times = (runs: readonly Times[]) => runs.map((run) => run[name] ?? Number.NaN)
    return atLeast(what, goal, ratioOfRounds(times(beam), times(node)))
  })
}

function runErlang(compiled: string): Times {
  const paths = ['-pa', compiled, process.env[VARIABLE] ?? '']
  // Without busy waiting: idle schedulers would count as work.
  const output = execFileSync('erl', ['+sbwt', 'none', '-noshell', ...paths, '-s', 'sonde_bench', 'main'], {
    encoding: 'utf8',
  })
  return Object.fromEntries(
    output
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([name, time]) => [name, Number(time)]),
  )
}

function missing(): string | undefined {
  const ebin = process.env[VARIABLE]
  if (ebin === undefined || !existsSync(join(ebin, 'telemetry.beam'))) {
    return `${VARIABLE} does not name the ebin folder of a compiled :telemetry (hex.pm package 'telemetry')`
  }
  try {
    execFileSync('erlc', ['-help'], { stdio: 'ignore' })
    return undefined
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return absent ? "erlc is not installed (Debian package 'erlang-base')" : undefined
  }
}
