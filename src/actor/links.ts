import type { Address, MonitorRef } from './actor.ts'
import type { Cell, Watcher } from './cell.ts'
import { exitSignal, pushSignal } from './exits.ts'
import type { Pid } from './pid.ts'
import { cellOf, type Runtime } from './runtime.ts'

/** Ties two actors together: the end of one is an exit signal to the other. To a dead one it is one with `noproc`. */
export function link(runtime: Runtime, cell: Cell, to: Pid): void {
  const other = cellOf(runtime, to)
  if (cell.phase === 'dead' || other === cell) return
  if (other === undefined) {
    exitSignal(runtime, cell, { from: to, reason: 'noproc', direct: false })
    return
  }
  cell.links ??= new Set()
  other.links ??= new Set()
  if (cell.links.has(other)) return
  cell.links.add(other)
  other.links.add(cell)
  runtime.telemetry.linked(cell.pid, to)
}

/** Nobody hears of the end of the other any more; an exit that waits to be handled stays. */
export function unlink(runtime: Runtime, cell: Cell, from: Pid): void {
  const other = cellOf(runtime, from)
  if (other === undefined) return
  cell.links?.delete(other)
  other.links?.delete(cell)
}

/** Tells `watcher` once of the end of an actor; at once, with `noproc`, when there is none. */
export function monitor(runtime: Runtime, target: Address, watcher: Cell | Exclude<Watcher, Pid>): MonitorRef {
  const ref = runtime.nextRef++
  const cell = cellOf(runtime, target)
  if (cell === undefined) {
    tellNoproc(runtime, { ref, target, watcher })
    return { monitor: ref }
  }
  cell.watchers ??= new Map()
  if (typeof watcher === 'function') cell.watchers.set(ref, watcher)
  else if (watcher.phase !== 'dead') {
    cell.watchers.set(ref, watcher.pid)
    watcher.watching ??= new Map()
    watcher.watching.set(ref, cell)
  }
  runtime.telemetry.monitored(typeof watcher === 'function' ? undefined : watcher.pid, cell.pid)
  return { monitor: ref }
}

/** Takes a monitor away; with `flush` its `down` too, if it waits to be handled. */
export function demonitor(cell: Cell, { monitor: ref }: MonitorRef, flush: boolean): boolean {
  const target = cell.watching?.get(ref)
  cell.watching?.delete(ref)
  target?.watchers?.delete(ref)
  const flushed = flush
    ? cell.signals?.take(({ signal }) => signal.type === 'down' && signal.ref.monitor === ref)
    : undefined
  return target !== undefined || flushed !== undefined
}

function tellNoproc(
  runtime: Runtime,
  {
    ref,
    target,
    watcher,
  }: { readonly ref: number; readonly target: Address; readonly watcher: Cell | Exclude<Watcher, Pid> },
): void {
  const pid = typeof target === 'string' ? runtime.nobody : target
  const signal = { type: 'down', ref: { monitor: ref }, pid, reason: 'noproc' } as const
  if (typeof watcher === 'function') watcher(signal)
  else if (watcher.phase !== 'dead') {
    runtime.telemetry.signalReceived('down', watcher)
    pushSignal(runtime, watcher, signal)
  }
}
