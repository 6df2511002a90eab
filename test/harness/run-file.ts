import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Ending, judge, type Verdict } from './judge.ts'
import type { TestRecord } from './test-record.ts'

export interface RunOptions {
  /** The file is killed after this. */
  readonly limitMs: number
  /** The command that runs a TypeScript file: `[node, '--import', 'tsx']` unless another runtime is tried. */
  readonly command?: readonly string[]
  /** Aborting kills the file. */
  readonly signal?: AbortSignal
}

export interface FileResult extends Verdict {
  readonly file: string
  readonly ms: number
  /** The end of what the file printed. */
  readonly output: string
}

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))
const OUTPUT_KEPT = 20_000

/** Runs one test file in a process group of its own and reports on it; never rejects. */
export async function runFile(file: string, options: RunOptions): Promise<FileResult> {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-test-'))
  const report = join(directory, 'report')
  const started = performance.now()
  try {
    const { ending, output } = await runChild([file, report], options)
    const verdict = judge(readRecords(report), ending)
    return { file, ms: performance.now() - started, output, ...verdict }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

interface ChildRun {
  readonly ending: Ending
  readonly output: string
}

async function runChild(args: readonly string[], options: RunOptions): Promise<ChildRun> {
  const { limitMs, command = [process.execPath, '--import', 'tsx'], signal } = options
  const [program = process.execPath, ...flags] = command
  return new Promise((resolve) => {
    // A group of its own, so that what a test leaves behind goes with it.
    const child = spawn(program, [...flags, CHILD, ...args], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let killedAfterMs: number | undefined
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-OUTPUT_KEPT)
    }
    const kill = (): void => killGroup(child.pid)
    const limit = setTimeout(() => {
      killedAfterMs = limitMs
      kill()
    }, limitMs)
    const settle = (ending: Ending): void => {
      clearTimeout(limit)
      signal?.removeEventListener('abort', kill)
      resolve({ ending: killedAfterMs === undefined ? ending : { ...ending, killedAfterMs }, output })
    }

    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    signal?.addEventListener('abort', kill)
    child.on('error', (error) => {
      output += String(error)
      settle({ code: 1, signal: null })
    })
    // 'close' waits for everybody who holds the pipes, so what was left behind is killed as soon as the file has exited.
    child.on('exit', kill)
    child.on('close', (code, endedBy) => settle({ code, signal: endedBy }))
  })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left in it.
  }
}

function readRecords(report: string): TestRecord[] {
  if (!existsSync(report)) return []
  const lines = readFileSync(report, 'utf8').split('\n')
  // The last piece is empty, or a line that a dying process did not finish.
  return lines.slice(0, -1).map((line): TestRecord => JSON.parse(line))
}
