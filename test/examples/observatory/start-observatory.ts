import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../../examples/observatory/main.ts', import.meta.url))

/** An observatory in a process of its own. */
export interface Run {
  readonly child: ChildProcess
  /** What it has printed so far. */
  output(): string
  errors(): string
}

/** Starts one, with arguments and with objects of environment variables. */
export function startObservatory(...given: readonly (string | Readonly<Record<string, string>>)[]): Run {
  const args = given.filter((one) => typeof one === 'string')
  const env = Object.assign({}, process.env, ...given.filter((one) => typeof one !== 'string'))
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env })
  let [output, errors] = ['', '']
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  return { child, output: () => output, errors: () => errors }
}

/** Asks again every 100 ms until there is an answer: what is waited for happens in other processes. */
export async function eventually<T>(ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Where its page is. */
export function urlOf(run: Run): Promise<string> {
  return eventually(() => /observatory +(http:\S+)/.exec(run.output())?.[1])
}
