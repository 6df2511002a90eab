import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { probe } from './probe.ts'
import type { Effort } from './row.ts'
import { ratioOfRounds } from './statistics.ts'

/** Nanoseconds per case. */
type Times = { readonly [name: string]: number }

/** A module of `erlang/` that prints "<case> <nanoseconds>" lines, and the probe that measures the same cases here. */
export interface ErlangPair {
  readonly module: string
  readonly probe: string
  readonly paths?: readonly string[]
}

/** Erlang is another virtual machine: rounds alternate process by process. Returns how many times as fast ours is, by case. */
export function timesAsFastAsErlang({ rounds }: Effort, pair: ErlangPair): (name: string) => number {
  const compiled = mkdtempSync(join(tmpdir(), 'sonde-bench-'))
  try {
    execFileSync('erlc', ['-o', compiled, `erlang/${pair.module}.erl`], { stdio: 'pipe' })
    const [beam, node]: [Times[], Times[]] = [[], []]
    for (let round = 0; round < Math.min(rounds, 9); round++) {
      beam.push(runErlang(compiled, pair))
      node.push(probe<Times>(pair.probe))
    }
    printRuns(pair.module, beam)
    printRuns(pair.probe, node)
    return (name) => {
      const times = (runs: readonly Times[]) => runs.map((run) => run[name] ?? Number.NaN)
      return ratioOfRounds(times(beam), times(node))
    }
  } finally {
    rmSync(compiled, { recursive: true })
  }
}

/** Why Erlang cannot be measured; undefined when it can. */
export function erlangMissing(): string | undefined {
  try {
    execFileSync('erlc', ['-help'], { stdio: 'ignore' })
    return undefined
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return absent ? "erlc is not installed (Debian package 'erlang-base')" : undefined
  }
}

function runErlang(compiled: string, { module, paths = [] }: ErlangPair): Times {
  const code = ['-pa', compiled, ...paths]
  // Without busy waiting: idle schedulers would count as work.
  const output = execFileSync('erl', ['+sbwt', 'none', '-noshell', ...code, '-s', module, 'main'], {
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

/** As the harness does, when `SONDE_BENCH_VERBOSE` is set. */
function printRuns(name: string, runs: readonly Times[]): void {
  if (process.env.SONDE_BENCH_VERBOSE === undefined) return
  for (const times of runs) console.error(name, JSON.stringify(times))
}
