import type { Cell } from './cell.ts'
import { exitSignal } from './exits.ts'
import { link, unlink, watch } from './links.ts'
import type { Pid } from './pid.ts'
import { cellOf, type Runtime } from './runtime.ts'
import { spawn } from './spawn.ts'
import type { CheckedChild } from './supervisor-options.ts'

/** A child, and who it is now. */
export interface Child {
  readonly spec: CheckedChild
  /** Undefined while it does not run. */
  pid: Pid | undefined
  /** Of the actor that it is, or was last. */
  type: string
}

/** The children of one supervisor, in the order in which they are started. */
export interface Children {
  readonly all: readonly Child[]
  find(pid: Pid): Child | undefined
  /** Whether it is, or was, a child of this one. */
  isOwn(pid: Pid): boolean
  /**
   * Starts those given that do not run, in order; stops at one that cannot be started, and says which. When the supervisor is to end it starts
   * no more.
   */
  start(children: readonly Child[]): Promise<Child | undefined>
  /** Ends those given, the last one first, and waits until they have. */
  stop(children: readonly Child[]): Promise<void>
}

/** Makes the children of a supervisor; none runs yet. `aborted` resolves when there is no time left for waiting. */
export function createChildren(
  runtime: Runtime,
  owner: Cell,
  { specs, aborted }: { readonly specs: readonly CheckedChild[]; readonly aborted: Promise<unknown> },
): Children {
  const all: Child[] = specs.map((spec) => ({ spec, pid: undefined, type: '' }))
  const own = new WeakSet<Pid>()
  const isEnding = () => owner.phase === 'dead' || owner.stopReason !== undefined

  async function startOne(child: Child): Promise<boolean> {
    try {
      const cell = spawn(runtime, child.spec.start(), child.spec.options)
      cell.isSupervised = true
      own.add(cell.pid)
      child.pid = cell.pid
      child.type = cell.type
      link(runtime, owner, cell.pid)
      // A child that is never ready must not keep its supervisor from ending.
      const isStarted = await Promise.race([started(cell), aborted.then(() => true)])
      if (!isStarted) child.pid = undefined
      return isStarted
    } catch {
      // `start` has thrown, or the name is taken: it is as one that ends at once.
      child.pid = undefined
      // What throws again and again must not keep everything else from running.
      await new Promise((resolve) => setImmediate(resolve))
      return false
    }
  }

  async function stopOne({ spec, pid }: Child): Promise<void> {
    const cell = pid && cellOf(runtime, pid)
    if (pid === undefined || cell === undefined) return
    unlink(runtime, owner, pid)
    const ended = new Promise((resolve) => void watch(runtime, cell, resolve))
    const { shutdownMs } = spec
    exitSignal(runtime, cell, { from: owner.pid, reason: shutdownMs === 'kill' ? 'kill' : 'shutdown', direct: true })
    const kill = () => exitSignal(runtime, cell, { from: owner.pid, reason: 'kill', direct: true })
    const cancel = shutdownMs === 'kill' ? () => {} : runtime.clock.after(shutdownMs, kill)
    await ended
    cancel()
  }

  return {
    all,
    find: (pid) => all.find((child) => child.pid === pid),
    isOwn: (pid) => own.has(pid),
    async start(children) {
      for (const child of children) {
        if (isEnding()) return undefined
        if (child.pid === undefined && !(await startOne(child))) return child
      }
      return undefined
    },
    async stop(children) {
      for (const child of [...children].reverse()) {
        await stopOne(child)
        child.pid = undefined
      }
    },
  }
}

/** True when an actor is ready for its first message, false when it has ended before. */
function started(cell: Cell): Promise<boolean> {
  if (cell.phase !== 'starting') return Promise.resolve(cell.phase === 'alive')
  return new Promise((resolve) => {
    cell.onStarted = resolve
  })
}
