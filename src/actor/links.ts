import type { Address, MonitorRef } from './actor.ts'
import type { Cell, Tell, Watcher } from './cell.ts'
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
export function monitor(runtime: Runtime, target: Address, watcher: Cell | Tell): MonitorRef {
  const cell = cellOf(runtime, target)
  const isActor = typeof watcher !== 'function'
  if (cell === undefined || (isActor && watcher.phase === 'dead')) {
    const ref = { monitor: runtime.nextRef++ }
    if (cell === undefined) tellNoproc(runtime, { ref, target, watcher })
    return ref
  }
  const ref = watch(runtime, cell, isActor ? watcher.pid : watcher)
  if (isActor) {
    watcher.watching ??= new Map()
    watcher.watching.set(ref.monitor, cell)
  }
  runtime.telemetry.monitored(isActor ? watcher.pid : undefined, cell.pid)
  return ref
}

/** A monitor of which no event tells: those of the library itself are of no interest to anybody. */
export function watch(runtime: Runtime, cell: Cell, watcher: Watcher): MonitorRef {
  const ref = { monitor: runtime.nextRef++ }
  cell.watchers ??= new Map()
  cell.watchers.set(ref.monitor, watcher)
  return ref
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
  { ref, target, watcher }: { readonly ref: MonitorRef; readonly target: Address; readonly watcher: Cell | Tell },
): void {
  const pid = typeof target === 'string' ? runtime.nobody : target
  const signal = { type: 'down', ref, pid, reason: 'noproc' } as const
  if (typeof watcher === 'function') watcher(signal)
  else if (watcher.phase !== 'dead') {
    runtime.telemetry.signalReceived('down', watcher)
    pushSignal(runtime, watcher, signal)
  }
}
