import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Young space of a fixed size: otherwise a process that has done more before it measures collects garbage less often. */
const FLAGS = ['--min-semi-space-size=16', '--max-semi-space-size=16']

/** Runs a module beside this one in a Node process of its own and reads the JSON that it prints. */
export function probe<T>(file: string, args: readonly string[] = []): T {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const output = execFileSync(process.execPath, [...FLAGS, path, ...args], { encoding: 'utf8' })
  return JSON.parse(output) as T // our own modules print what their callers name here
}
