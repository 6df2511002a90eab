import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { erlangMissing, timesAsFastAsErlang } from '../erlang.ts'
import { atLeast, notMeasured, type Row } from '../row.ts'

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
    const ebin = process.env[VARIABLE]
    const reason = missing(ebin)
    if (ebin === undefined || reason !== undefined)
      return GOALS.map(({ what, goal }) => notMeasured(atLeast(what, goal, 0), reason ?? ''))
    const faster = timesAsFastAsErlang(effort, { module: 'sonde_bench', probe: 'probes/names.js', paths: [ebin] })
    return GOALS.map(({ what, name, goal }) => atLeast(what, goal, faster(name)))
  },
}

function missing(ebin: string | undefined): string | undefined {
  if (ebin === undefined || !existsSync(join(ebin, 'telemetry.beam'))) {
    return `${VARIABLE} does not name the ebin folder of a compiled :telemetry (hex.pm package 'telemetry')`
  }
  return erlangMissing()
}
