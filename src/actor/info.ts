import type { Cell } from './cell.ts'
import { mailboxBytes, memoryOf, type TypeMemory } from './memory.ts'
import type { Pid } from './pid.ts'
import type { Runtime } from './runtime.ts'

/** What is known of an actor now. */
export interface ActorInfo {
  readonly pid: Pid
  readonly type: string
  readonly name: string | undefined
  /** `starting`: not ready for messages yet. `busy`: it waits for a promise of its own. */
  readonly status: 'starting' | 'idle' | 'busy'
  /** Nanoseconds since it was spawned. */
  readonly age: number
  readonly mailbox: number
  readonly capacity: number
  /** What the messages that wait take: an estimate. */
  readonly mailboxBytes: number
  /** Messages that it has handled. */
  readonly handled: number
  /** Senders that wait for room. */
  readonly waitingSenders: number
  readonly links: readonly Pid[]
  readonly monitoredBy: number
  readonly trapExit: boolean
  readonly isSupervised: boolean
}

/** A system at one moment, as JSON can say it: for dashboards. */
export interface Observation {
  readonly node: string
  readonly active: number
  readonly names: number
  readonly timers: number
  readonly nodes: readonly string[]
  /** The most numerous first. */
  readonly types: readonly (TypeMemory & {
    readonly active: number
    readonly depth: number
    readonly maxDepth: number
  })[]
  /** Those with the fullest mailboxes. */
  readonly fullest: readonly ActorInfo[]
  /** Those that have handled the most. */
  readonly busiest: readonly ActorInfo[]
}

const TOP = 20

export function infoOf(runtime: Runtime, cell: Cell): ActorInfo {
  const { pid, type, name, mailbox, capacity, handled, senders, links, remoteLinks, watchers, trapExit } = cell
  return {
    pid,
    type,
    name,
    status: cell.phase === 'starting' ? 'starting' : cell.busy ? 'busy' : 'idle',
    age: runtime.clock.monotonicTime() - cell.spawnedAt,
    mailbox: mailbox.length,
    capacity,
    mailboxBytes: mailboxBytes(cell, runtime.sizeOf),
    handled,
    waitingSenders: senders?.length ?? 0,
    links: [...[...(links ?? [])].map((linked) => linked.pid), ...(remoteLinks?.values() ?? [])],
    monitoredBy: watchers?.size ?? 0,
    trapExit,
    isSupervised: cell.isSupervised,
  }
}

export function observe(runtime: Runtime): Observation {
  const { name, cells, names, tallies, timers, remote } = runtime
  const memory = new Map(memoryOf(runtime, runtime.sizeOf).map((one) => [one.type, one]))
  const types = [...tallies.values()].flatMap(({ type, active, depth, maxDepth }) => {
    const bytes = memory.get(type)
    return active === 0 || bytes === undefined ? [] : [{ ...bytes, active, depth, maxDepth }]
  })
  const top = (by: (cell: Cell) => number) => most(cells.values(), by).map((cell) => infoOf(runtime, cell))
  return {
    node: name,
    active: cells.size,
    names: names.size,
    timers: timers.active,
    nodes: remote?.nodes() ?? [],
    types: types.sort((one, other) => other.active - one.active),
    fullest: top(({ mailbox }) => mailbox.length),
    busiest: top(({ handled }) => handled),
  }
}

/** The first twenty, without sorting a million; those with nothing are left out. */
function most(cells: Iterable<Cell>, by: (cell: Cell) => number): Cell[] {
  const top: Cell[] = []
  for (const cell of cells) {
    const value = by(cell)
    const last = top[TOP - 1]
    if (value === 0 || (last !== undefined && by(last) >= value)) continue
    const at = top.findIndex((one) => by(one) < value)
    top.splice(at === -1 ? top.length : at, 0, cell)
    if (top.length > TOP) top.pop()
  }
  return top
}
