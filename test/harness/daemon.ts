import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A real server that a test has started. */
export interface Daemon {
  readonly child: ChildProcess
  /** The end of what it has printed. */
  log(): string
  /** Ends it by its own process id and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

interface DaemonOptions {
  readonly program: string
  readonly args: readonly string[]
  /** Asked until it resolves to true; a rejection counts as not yet. */
  ready(): Promise<boolean>
  readonly cwd?: string
  readonly limitMs?: number
}

/** Throws, naming the Debian package, when a program that the test needs is not installed. */
export function requireProgram(program: string, debianPackage: string = program): void {
  if (spawnSync('which', [program]).status === 0) return
  throw new Error(
    `${program} is missing: 'apt-get install ${debianPackage}', or the package of that name of your system`,
  )
}

/** Starts a program and waits until it answers. Throws with what it printed when it ends before or takes too long. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { program, args, ready, cwd, limitMs = 60_000 } = options
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(cwd && { cwd }) })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-8_000)
    })
  }
  const daemon: Daemon = { child, log: () => printed, stop: (signal) => end(child, signal) }
  const deadline = Date.now() + limitMs
  while (!(await ready().catch(() => false))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${program} has ended: ${printed}`)
    if (Date.now() > deadline) {
      await daemon.stop('SIGKILL')
      throw new Error(`${program} is not ready after ${limitMs} ms: ${printed}`)
    }
    await sleep(50)
  }
  return daemon
}

/** A port of 127.0.0.1 that nobody listened on a moment ago, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // The boundary: a server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  const impatient = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await gone
  clearTimeout(impatient)
}
