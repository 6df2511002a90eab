import type { Signal } from './actor.ts'
import type { Cell, Tell } from './cell.ts'
import type { ExitReason } from './exit-reason.ts'
import { unregister } from './names.ts'
import type { Pid } from './pid.ts'
import { Ring } from './ring.ts'
import { cellOf, type Runtime, remoteOf } from './runtime.ts'
import { untally } from './tally-mailboxes.ts'

/** An exit signal: `direct` is one that was sent with `exit`, the others come through links. */
export interface ExitSignal {
  readonly from: Pid
  readonly reason: ExitReason
  readonly direct: boolean
}

/** What an exit signal does (the table of Erlang's `exit/2` and of links). */
export function exitSignal(runtime: Runtime, cell: Cell, { from, reason, direct }: ExitSignal): void {
  if (cell.phase === 'dead') return
  const name = direct && reason === 'kill' ? 'kill' : 'exit'
  runtime.telemetry.signalSent(name, reason)
  runtime.telemetry.signalReceived(name, cell)
  // Only `exit(Pid, kill)` cannot be trapped; an actor that ends with `kill` of its own is to its links as any other.
  if (direct && reason === 'kill') terminate(runtime, cell, 'killed')
  else if (cell.trapExit && cell.trapsFrom?.(from) !== false) pushSignal(runtime, cell, { type: 'exit', from, reason })
  else if (reason === 'normal' && !(direct && from === cell.pid)) runtime.telemetry.signalIgnored('exit', cell)
  else end(runtime, cell, reason)
}

/** Sends an exit signal to an actor, wherever it is. */
export function sendExit(
  runtime: Runtime,
  to: Pid,
  { from, reason }: { readonly from: Pid; readonly reason: ExitReason },
): void {
  const cell = cellOf(runtime, to)
  if (cell !== undefined) exitSignal(runtime, cell, { from, reason, direct: true })
  else remoteOf(runtime, to)?.remote.exit(to, from, reason)
}

/** Ends an actor when what it handles now is done. */
export function stop(runtime: Runtime, cell: Cell, reason: ExitReason): void {
  cell.stopReason ??= reason
  if (!cell.busy) runtime.scheduler.schedule(cell)
}

/** Ends an actor from outside: at once, or gently when it has `stopped`. One that was to end already ends for the reason that it has. */
export function end(runtime: Runtime, cell: Cell, reason: ExitReason): void {
  if (cell.phase === 'dead') return
  if (cell.actor.stopped === undefined || (cell.phase === 'starting' && !cell.endsGently)) {
    terminate(runtime, cell, cell.stopReason ?? reason)
    return
  }
  cell.abort?.abort()
  if (cell.stopReason !== undefined) return
  cell.stopReason = reason
  if (cell.receiving !== undefined) {
    cell.receiving.cancel()
    // What waits in a selective receive would wait for ever: it is left where it stands.
    cell.receiving = undefined
    runtime.scheduler.busy(-1)
    cell.busy = false
    cell.waits++
  }
  if (!cell.busy) runtime.scheduler.schedule(cell)
}

/** Queues what a trapping or monitoring actor is to be told. */
export function pushSignal(runtime: Runtime, cell: Cell, signal: Signal): void {
  cell.signals ??= new Ring()
  cell.signals.push({ signal, order: runtime.nextOrder++ })
  if (!cell.busy) runtime.scheduler.schedule(cell)
}

/** Ends an actor now. Its name is free, its links are told, then its monitors; of all of it nothing happens twice. */
export function terminate(runtime: Runtime, cell: Cell, reason: ExitReason): void {
  if (cell.phase === 'dead') return
  runtime.telemetry.notStarted(cell, reason)
  cell.phase = 'dead'
  runtime.cells.delete(cell.pid.id)
  unregister(runtime, cell)
  release(runtime, cell)
  runtime.telemetry.stopped(cell, reason)
  runtime.deaths.push({ cell, reason })
  // One death may be of a thousand: those that follow are told of by the loop of the first.
  if (!runtime.isTelling) tellAll(runtime)
}

/** Lets go of all that an actor holds and all that waits for it. */
function release(runtime: Runtime, cell: Cell): void {
  if (cell.busy) runtime.scheduler.busy(-1)
  cell.busy = false
  cell.receiving?.cancel()
  cell.receiving = undefined
  cell.abort?.abort()
  cell.onStarted?.(false)
  untally(runtime, cell)
  cell.mailbox.clear()
  cell.signals = undefined
  for (const { envelope, settle } of cell.senders ?? []) {
    runtime.telemetry.notSent(envelope, 'actor_not_found')
    settle('actor_not_found')
  }
  cell.senders = undefined
  for (const timer of cell.timers ?? []) runtime.timers.cancel({ timer })
  for (const [ref, target] of cell.watching ?? []) target.watchers?.delete(ref)
  cell.watching = undefined
  for (const end of cell.remoteWatching?.values() ?? []) end()
  cell.remoteWatching = undefined
}

function tellAll(runtime: Runtime): void {
  runtime.isTelling = true
  try {
    for (let death = runtime.deaths.shift(); death !== undefined; death = runtime.deaths.shift()) tell(runtime, death)
  } finally {
    runtime.isTelling = false
  }
}

function tell(runtime: Runtime, { cell, reason }: { readonly cell: Cell; readonly reason: ExitReason }): void {
  const { pid, links, watchers } = cell
  cell.links = undefined
  cell.watchers = undefined
  for (const linked of links ?? []) {
    linked.links?.delete(cell)
    exitSignal(runtime, linked, { from: pid, reason, direct: false })
  }
  runtime.remote?.ended(cell, reason)
  for (const [ref, watcher] of watchers ?? []) {
    const signal = { type: 'down', ref: { monitor: ref }, pid, reason } as const
    runtime.telemetry.signalSent('down', reason)
    if (typeof watcher === 'function') tellOutside(watcher, signal)
    else tellActor(runtime, watcher, signal)
  }
}

export function tellOutside(tell: Tell, signal: Parameters<Tell>[0]): void {
  try {
    tell(signal)
  } catch (error) {
    // Nobody here can answer for it, and the others are to be told too.
    queueMicrotask(() => {
      throw error
    })
  }
}

function tellActor(runtime: Runtime, watcher: Pid, signal: Parameters<Tell>[0]): void {
  const cell = cellOf(runtime, watcher)
  if (cell === undefined) return
  cell.watching?.delete(signal.ref.monitor)
  runtime.telemetry.signalReceived('down', cell)
  pushSignal(runtime, cell, signal)
}
