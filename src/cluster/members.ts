import type { Clock } from '../core/types.ts'

/** Another process of the cluster. */
export interface ClusterNode {
  readonly name: string
  /** Of the run of it: a process that was started again is another one. */
  readonly incarnation: number
}

/** Why a node is not there any more. */
export type DownReason = 'left' | 'timeout' | 'restarted' | 'disconnected'

export type NodeChange =
  | { readonly type: 'up'; readonly node: ClusterNode }
  | { readonly type: 'down'; readonly node: ClusterNode; readonly reason: DownReason }

export interface Member extends ClusterNode {
  /** Monotonic, ns. */
  seenAt: number
  /** Of the frames to it: a number of its own each time that it comes up, for it may not have noticed that it was down. */
  readonly link: number
  /** Of the last frame to it. */
  sent: number
  /** The same of the frames from it. */
  theirLink: number
  received: number
}

/** Who is there. */
export interface Members {
  get(name: string): Member | undefined
  all(): readonly ClusterNode[]
  readonly size: number
  /** Whether it has ever been there. */
  wasSeen(name: string): boolean
  /** It has been heard of. */
  see(node: ClusterNode): Member
  remove(name: string, reason: DownReason): void
  /** Removes those that nothing was heard of for `ms`. */
  expire(ms: number): void
}

/** Names of nodes that are remembered although they are not there. */
const MAX_SEEN = 10_000

/** Keeps account of who is there; `tell` hears of each change once, after it. */
export function createMembers(clock: Clock, tell: (change: NodeChange) => void): Members {
  const members = new Map<string, Member>()
  const seen = new Set<string>()
  let links = 0

  function remove(name: string, reason: DownReason): void {
    const member = members.get(name)
    if (member === undefined) return
    members.delete(name)
    tell({ type: 'down', node: member, reason })
  }

  return {
    get: (name) => members.get(name),
    all: () => [...members.values()].map(({ name, incarnation }) => ({ name, incarnation })),
    get size() {
      return members.size
    },
    wasSeen: (name) => seen.has(name),
    see({ name, incarnation }) {
      const known = members.get(name)
      if (known?.incarnation === incarnation) {
        known.seenAt = clock.monotonicTime()
        return known
      }
      remove(name, 'restarted')
      const member: Member = {
        name,
        incarnation,
        seenAt: clock.monotonicTime(),
        link: ++links,
        sent: 0,
        theirLink: 0,
        received: 0,
      }
      members.set(name, member)
      if (seen.size < MAX_SEEN) seen.add(name)
      tell({ type: 'up', node: member })
      return member
    },
    remove,
    expire(ms) {
      const since = clock.monotonicTime() - ms * 1e6
      for (const { name, seenAt } of [...members.values()]) if (seenAt < since) remove(name, 'timeout')
    },
  }
}
