import type { Cell } from '../cell.ts'
import type { ExitReason } from '../exit-reason.ts'
import { exitSignal } from '../exits.ts'
import type { Pid } from '../pid.ts'
import type { Runtime } from '../runtime.ts'

/** Actors of this node that are linked to those of others. */
export interface RemoteLinks {
  /** False when they are linked already. */
  add(cell: Cell, other: Pid): boolean
  remove(cell: Cell, other: Pid): void
  /** The other end has ended, or cannot be reached. */
  exit(cell: Cell, other: Pid, reason: ExitReason): void
  /** All that an actor is linked to; none any more. */
  take(cell: Cell): readonly Pid[]
  /** Everybody there cannot be reached any more. */
  lose(node: string): void
}

export function createRemoteLinks(runtime: Runtime): RemoteLinks {
  const cells = new Set<Cell>()

  function remove(cell: Cell, other: Pid): boolean {
    if (cell.remoteLinks?.delete(other.key) !== true) return false
    if (cell.remoteLinks.size === 0) cells.delete(cell)
    return true
  }

  function exit(cell: Cell, other: Pid, reason: ExitReason): void {
    if (remove(cell, other)) exitSignal(runtime, cell, { from: other, reason, direct: false })
  }

  return {
    add(cell, other) {
      cell.remoteLinks ??= new Map()
      if (cell.remoteLinks.has(other.key)) return false
      cell.remoteLinks.set(other.key, other)
      cells.add(cell)
      return true
    },
    remove: (cell, other) => void remove(cell, other),
    exit,
    take(cell) {
      const all = [...(cell.remoteLinks?.values() ?? [])]
      cell.remoteLinks = undefined
      cells.delete(cell)
      return all
    },
    lose(node) {
      for (const cell of [...cells])
        for (const other of [...(cell.remoteLinks?.values() ?? [])])
          if (other.node === node) exit(cell, other, 'noconnection')
    },
  }
}
