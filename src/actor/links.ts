import type { Address, MonitorRef } from './actor.ts'
import type { Cell, Tell, Watcher } from './cell.ts'
import type { ExitReason } from './exit-reason.ts'
import { exitSignal, pushSignal, tellOutside } from './exits.ts'
import { Pid } from './pid.ts'
import { cellOf, type Runtime, remoteOf } from './runtime.ts'

/** Ties two actors together: the end of one is an exit signal to the other. To a dead one it is one with `noproc`. */
export function link(runtime: Runtime, cell: Cell, to: Pid): void {
  const other = cellOf(runtime, to)
  if (cell.phase === 'dead' || other === cell) return
  if (other === undefined) {
    const elsewhere = remoteOf(runtime, to)
    if (elsewhere === undefined) exitSignal(runtime, cell, { from: to, reason: 'noproc', direct: false })
    else elsewhere.remote.link(cell, to)
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
  if (other === undefined) {
    remoteOf(runtime, from)?.remote.unlink(cell, from)
    return
  }
  cell.links?.delete(other)
  other.links?.delete(cell)
}

/** Tells `watcher` once of the end of an actor; at once, with `noproc`, when there is none. */
export function monitor(runtime: Runtime, target: Address, watcher: Cell | Tell): MonitorRef {
  const cell = cellOf(runtime, target)
  if (cell === undefined) return monitorElsewhere(runtime, target, watcher)
  const isActor = typeof watcher !== 'function'
  if (isActor && watcher.phase === 'dead') return { monitor: runtime.nextRef++ }
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
  const endElsewhere = cell.remoteWatching?.get(ref)
  cell.remoteWatching?.delete(ref)
  endElsewhere?.()
  const flushed = flush
    ? cell.signals?.take(({ signal }) => signal.type === 'down' && signal.ref.monitor === ref)
    : undefined
  return target !== undefined || endElsewhere !== undefined || flushed !== undefined
}

/** One of another node, or nobody. */
function monitorElsewhere(runtime: Runtime, target: Address, watcher: Cell | Tell): MonitorRef {
  const ref = { monitor: runtime.nextRef++ }
  const isActor = typeof watcher !== 'function'
  const tell = (reason: ExitReason, pid: Pid = target instanceof Pid ? target : runtime.nobody) => {
    if (isActor) watcher.remoteWatching?.delete(ref.monitor)
    tellWatcher(runtime, watcher, { type: 'down', ref, pid, reason })
  }
  const elsewhere = remoteOf(runtime, target)
  if (elsewhere === undefined) {
    tell('noproc')
    return ref
  }
  let isOver = false
  const end = elsewhere.remote.monitor(elsewhere.to, (reason, pid) => {
    isOver = true
    tell(reason, pid)
  })
  runtime.telemetry.monitored(isActor ? watcher.pid : undefined, target)
  if (!isActor || isOver) return ref
  watcher.remoteWatching ??= new Map()
  watcher.remoteWatching.set(ref.monitor, end)
  return ref
}

function tellWatcher(runtime: Runtime, watcher: Cell | Tell, signal: Parameters<Tell>[0]): void {
  if (typeof watcher === 'function') tellOutside(watcher, signal)
  else if (watcher.phase !== 'dead') {
    runtime.telemetry.signalReceived('down', watcher)
    pushSignal(runtime, watcher, signal)
  }
}
