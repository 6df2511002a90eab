import type { Cancel, Clock } from '../core/types.ts'
import { ClusterError, type ClusterFailure } from './cluster-error.ts'
import type { NodeChange } from './members.ts'

const TIMEOUT_MS = 5_000

/** Pings that wait for their answer. */
export interface Pings {
  ping(node: string): Promise<number>
  /** An answer has come, if it is one. */
  answer(id: unknown): void
}

interface Waiting {
  readonly node: string
  readonly askedAt: number
  readonly cancel: Cancel
  resolve(nanoseconds: number): void
  fail(failure: ClusterFailure): void
}

export interface PingsOptions {
  /** Sends the question; throws when it cannot. */
  ask(node: string, id: number): void
  onChange(tell: (change: NodeChange) => void): void
}

export function createPings(clock: Clock, { ask, onChange }: PingsOptions): Pings {
  const waiting = new Map<number, Waiting>()
  let next = 1

  function settle(id: number): Waiting | undefined {
    const one = waiting.get(id)
    waiting.delete(id)
    one?.cancel()
    return one
  }

  onChange((change) => {
    if (change.type === 'up') return
    for (const [id, { node }] of [...waiting]) if (node === change.node.name) settle(id)?.fail('reconnect_failed')
  })

  return {
    ping: (node) =>
      new Promise((resolve, reject) => {
        const id = next++
        const fail = (failure: ClusterFailure) => reject(new ClusterError(failure, node))
        const cancel = clock.after(TIMEOUT_MS, () => settle(id)?.fail('timeout'))
        waiting.set(id, { node, askedAt: clock.monotonicTime(), cancel, resolve, fail })
        try {
          ask(node, id)
        } catch (error) {
          settle(id)
          reject(error)
        }
      }),
    answer(id) {
      const one = typeof id === 'number' ? settle(id) : undefined
      one?.resolve(clock.monotonicTime() - one.askedAt)
    },
  }
}
