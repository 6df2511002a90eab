import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { probe } from '../probe.ts'
import { atMost, type Effort, notMeasured, type Row } from '../row.ts'
import { ratioOfRounds } from '../statistics.ts'

export const row: Row = {
  row: 23,
  work: "`import 'sonde'`: everything it exports, bundled with mitt, minified, gzipped; its start",
  async run(effort) {
    const entry = resolve('../../dist/index.js')
    if (!existsSync(entry)) buildDist()
    const size = (kilobytes: number) => atMost('gzipped', 7, kilobytes, 'kB')
    const start = (ratio: number) => atMost('the start of an empty module', 1.1, ratio)
    if (!existsSync(entry)) {
      const reason = "there is no dist/index.js and 'npm run build' did not make one"
      return [notMeasured(size(0), reason), notMeasured(start(0), reason)]
    }
    return [size(await gzippedKilobytes(entry)), start(startRatio(effort, entry))]
  },
}

function buildDist(): void {
  try {
    execFileSync('npm', ['run', 'build'], { cwd: '../..', stdio: 'pipe' })
  } catch {
    // The row then says that there is nothing to measure; the build's own output says why.
  }
}

/** The whole entry, as if a program used all of it: an upper bound for what a bundler leaves in. */
async function gzippedKilobytes(entry: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from ${JSON.stringify(entry)}`, resolveDir: '.' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'node20',
    write: false,
    logLevel: 'error',
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).byteLength / 1000
}

/** From the start of the process to the end of the import, as each process reads it on its own clock. */
function startRatio({ rounds }: Effort, entry: string): number {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-bench-'))
  const write = (name: string, source: string) => {
    const path = join(directory, name)
    writeFileSync(path, source)
    return path
  }
  const print = 'process.stdout.write(String(performance.now()))'
  write('nothing.mjs', 'export {}')
  const empty = write('empty.mjs', `import * as all from './nothing.mjs'\nglobalThis.all = all\n${print}`)
  const library = write('library.mjs', `import * as all from ${JSON.stringify(entry)}\nglobalThis.all = all\n${print}`)
  try {
    const times = { empty: [] as number[], library: [] as number[] }
    for (let round = 0; round < rounds * 3; round++) {
      times.empty.push(probe<number>(empty))
      times.library.push(probe<number>(library))
    }
    return ratioOfRounds(times.library, times.empty)
  } finally {
    rmSync(directory, { recursive: true })
  }
}
