import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface ChildOptions {
  /** Environment variables of the child, beside our own. */
  readonly settings?: { readonly [key: string]: string }
  /** After this time the child is killed and the promise rejects. */
  readonly timeoutMs?: number
}

/** Runs `test/core/children/<name>.ts` in a Node of its own that has `gc()`; resolves to the JSON it prints, unchecked. */
export function runChild<T>(name: string, { settings = {}, timeoutMs = 500_000 }: ChildOptions = {}): Promise<T> {
  const script = fileURLToPath(new URL(`./children/${name}.ts`, import.meta.url))
  const options = { cwd: root, env: { ...process.env, ...settings }, timeout: timeoutMs }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--expose-gc', '--import', 'tsx', script], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${name} failed: ${stderr}`, { cause: error }))
      else resolve(JSON.parse(stdout))
    })
  })
}
