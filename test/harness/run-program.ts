import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface RunProgramOptions {
  /** Killed after this; default 30,000. */
  readonly limitMs?: number
  /** Where `sonde` and its entries are mapped to the sources; default the project's own. */
  readonly tsconfig?: string
  /** Flags of Node before the file. */
  readonly flags?: readonly string[]
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const TSX = import.meta.resolve('tsx')

/**
 * Runs a TypeScript program to its end and gives what it wrote to stdout. Rejects when it is still running after the limit,
 * and when it did not exit with 0.
 */
export async function runProgram(file: string, options: RunProgramOptions = {}): Promise<string> {
  const { limitMs = 30_000, tsconfig = `${root}tsconfig.json`, flags = [] } = options
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', TSX, ...flags, file], {
      env: { ...process.env, TSX_TSCONFIG_PATH: tsconfig },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    let isLate = false
    child.stdout.setEncoding('utf8').on('data', (text: string) => void (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text))
    const limit = setTimeout(() => {
      isLate = true
      child.kill('SIGKILL')
    }, limitMs)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(limit)
      const printed = `\n--- stdout\n${stdout}\n--- stderr\n${stderr}`
      if (isLate) reject(new Error(`${file} is still running after ${limitMs} ms${printed}`))
      else if (code !== 0) reject(new Error(`${file} ended with ${signal ?? `exit code ${code}`}${printed}`))
      else resolve(stdout)
    })
  })
}

/**
 * What a program says that it prints: the comment lines after its last `// Output:`, up to the end. Undefined when there
 * is no such block, or something else comes after it.
 */
export function statedOutput(text: string): string | undefined {
  const begin = text.lastIndexOf('\n// Output:\n')
  if (begin < 0) return undefined
  const lines = text.slice(begin).trim().split('\n').slice(1)
  if (lines.length === 0 || !lines.every((line) => line === '//' || line.startsWith('// '))) return undefined
  return lines.map((line) => `${line.slice(3)}\n`).join('')
}
