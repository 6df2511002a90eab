import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { createFrameReader, encodeFrame } from './frames.ts'

/** Where Python finds `sonde_worker`: beside this file, or beside the folder that the build has put it in. */
const PACKAGE =
  ['./python', '../python'].map((path) => fileURLToPath(new URL(path, import.meta.url))).find(existsSync) ?? ''

/** `-I`: neither the environment nor the working directory may put modules before Python's own. */
const START = [
  '-I',
  '-B',
  '-c',
  'import sys; sys.path.insert(0, sys.argv[1]); from sonde_worker.start import main; main()',
]

/** Of ours, what a program needs to run at all; secrets are not inherited. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TMPDIR', 'TZ', 'PYENV_VERSION', 'PYENV_ROOT']

/** How long what its descendants hold open is waited for when the process is gone, in milliseconds. */
const LINGER_MS = 200

/** How long the launcher may take to end everybody, in milliseconds. */
const FORCE_MS = 1_000

export interface ProcessEnd {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  /** Why it could not even be started. */
  readonly error?: Error | undefined
}

export interface WorkerProcessOptions {
  readonly python: string
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string | undefined
  onCall(text: string): void
  onControl(text: string): void
  onOutput(stream: 'stdout' | 'stderr', chunk: Buffer): void
  /** What comes on a channel is no frame: nothing that it says can be trusted any more. */
  onGarbage(problem: string): void
  /** Once, when it and all its descendants have ended and everything they have written was read. */
  onEnd(end: ProcessEnd): void
}

/** A Python process below its launcher. */
export interface WorkerProcess {
  call(text: string): void
  control(text: string): void
  /** SIGTERM to the worker. */
  terminate(): void
  /** Ends it and all its descendants, whatever they are doing. */
  kill(): void
}

/** Starts Python on private pipes: 0 is the lifeline of the launcher, 3 calls, 4 what is said beside them. What it prints is not part of that. */
export function startProcess({ python, env, cwd, ...on }: WorkerProcessOptions): WorkerProcess {
  const child = spawn(python, [...START, PACKAGE], {
    env: { ...inheritedEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  })
  const [lifeline, calls, control] = [0, 3, 4].map((number) => channelOf(child, number))
  calls?.on('data', readerOf(on.onCall, on.onGarbage))
  control?.on('data', readerOf(on.onControl, on.onGarbage))
  child.stdout?.on('data', (chunk: Buffer) => on.onOutput('stdout', chunk))
  child.stderr?.on('data', (chunk: Buffer) => on.onOutput('stderr', chunk))
  for (const stream of child.stdio) {
    // That it is gone is said by its end.
    stream?.on('error', () => {})
    if (stream instanceof Socket) stream.unref()
  }
  child.unref()
  watchEnd(child, on.onEnd)
  return {
    call: (text) => void calls?.write(encodeFrame(text)),
    control: (text) => void control?.write(encodeFrame(text)),
    terminate: () => void lifeline?.write('t'),
    kill() {
      lifeline?.destroy()
      // A launcher that was stopped does not see it; its death takes the worker along. A child of ours whose end nobody has waited for keeps its id.
      setTimeout(() => child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'), FORCE_MS).unref()
    },
  }
}

function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}

function channelOf({ stdio }: ChildProcess, number: number): (Writable & Socket) | undefined {
  const stream = stdio[number]
  return stream instanceof Socket ? stream : undefined
}

function readerOf(onFrame: (text: string) => void, onGarbage: (problem: string) => void): (chunk: Buffer) => void {
  const reader = createFrameReader({ onFrame, onGarbage })
  return (chunk) => reader.push(chunk)
}

function watchEnd(child: ChildProcess, onEnd: (end: ProcessEnd) => void): void {
  let isEnded = false
  const end = (how: ProcessEnd) => {
    if (isEnded) return
    isEnded = true
    for (const stream of child.stdio) stream?.destroy()
    onEnd(how)
  }
  child.once('error', (error) => end({ exitCode: undefined, signal: undefined, error }))
  child.once('exit', (code, signal) => {
    const how = { exitCode: code ?? undefined, signal: signal ?? undefined }
    child.once('close', () => end(how))
    // A launcher that was killed itself leaves behind who was started by its worker, with its pipes.
    setTimeout(() => end(how), LINGER_MS).unref()
  })
}
