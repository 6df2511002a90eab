import { runInScope } from '../context/current.ts'
import type { Signal } from './actor.ts'
import type { Cell, Envelope } from './cell.ts'
import { contextOf } from './context.ts'
import type { ExitReason } from './exit-reason.ts'
import { terminate } from './exits.ts'
import { isPromise } from './is-promise.ts'
import { takeMessage } from './messages.ts'
import type { Runtime } from './runtime.ts'
import { isTimeToLook } from './scheduler.ts'

const MESSAGES_A_TURN = 100

/** Gives an actor its turn: it handles what has come until it is `end` on the monotonic clock, it waits for a promise, or nothing is left. */
export function runTurn(runtime: Runtime, cell: Cell, end: number): void {
  for (let i = 1; i <= MESSAGES_A_TURN; i++) {
    if (cell.busy || cell.phase === 'dead' || !step(runtime, cell)) return
    if (isTimeToLook(i) && runtime.clock.monotonicTime() > end) break
  }
  if (!cell.busy && hasWork(cell)) runtime.scheduler.schedule(cell)
}

function hasWork(cell: Cell): boolean {
  return (
    cell.phase !== 'dead' &&
    (cell.stopReason !== undefined || cell.mailbox.length > 0 || (cell.signals?.length ?? 0) > 0)
  )
}

/** One step; false when there was nothing to do. */
function step(runtime: Runtime, cell: Cell): boolean {
  if (cell.phase === 'starting') {
    start(runtime, cell)
    return true
  }
  if (cell.stopReason !== undefined) {
    finish(runtime, cell, cell.stopReason)
    return false
  }
  const signal = cell.signals?.peek()
  const first = cell.mailbox.peek()
  if (signal !== undefined && (first === undefined || signal.order < first.order)) {
    cell.signals?.shift()
    handleSignal(runtime, cell, signal.signal)
    return true
  }
  if (first === undefined) return false
  const envelope = takeMessage(runtime, cell)
  if (envelope !== undefined) handleMessage(runtime, cell, envelope)
  return true
}

/** What happens before the first message. */
function start(runtime: Runtime, cell: Cell): void {
  const { actor, origin } = cell
  cell.origin = undefined
  const begin = () => actor.started?.(contextOf(runtime, cell))
  call(runtime, cell, origin === undefined ? begin : () => runInScope(origin, begin), () => {
    cell.phase = 'alive'
    runtime.telemetry.started(cell)
    cell.onStarted?.(true)
    cell.onStarted = undefined
  })
}

function handleMessage(runtime: Runtime, cell: Cell, envelope: Envelope): void {
  const { telemetry } = runtime
  const { scope } = envelope
  cell.handled++
  cell.deadline = envelope.deadline
  if (scope === undefined && !telemetry.watchesMessages()) {
    // The way of nearly all messages: nothing is made for it.
    try {
      const result = cell.actor.receive(envelope.message, contextOf(runtime, cell))
      if (isPromise(result)) wait(runtime, cell, result)
      else after(runtime, cell)
    } catch (error) {
      panic(runtime, cell, error)
    }
    return
  }
  const handle = () =>
    telemetry.handle(cell, envelope, () => cell.actor.receive(envelope.message, contextOf(runtime, cell)))
  call(runtime, cell, scope === undefined ? handle : () => runInScope(scope, handle))
}

function handleSignal(runtime: Runtime, cell: Cell, signal: Signal): void {
  if (cell.actor.signal === undefined) runtime.telemetry.signalIgnored(signal.type, cell)
  else call(runtime, cell, () => cell.actor.signal?.(signal, contextOf(runtime, cell)))
}

/** The end from within: `stopped` runs, and then nobody has to wait any more. */
function finish(runtime: Runtime, cell: Cell, reason: ExitReason): void {
  const isPanic = typeof reason === 'object' && 'panic' in reason
  if (cell.actor.stopped === undefined || isPanic || cell.phase === 'starting') {
    terminate(runtime, cell, reason)
    return
  }
  const stopped = () => cell.actor.stopped?.(reason, contextOf(runtime, cell))
  call(runtime, cell, stopped, () => terminate(runtime, cell, reason))
}

/** Runs a part of an actor; `then` when it has ended well. What it throws ends the actor. */
function call(runtime: Runtime, cell: Cell, body: () => unknown, then: () => void = () => {}): void {
  try {
    const result = body()
    if (isPromise(result)) wait(runtime, cell, result, then)
    else {
      if (cell.phase !== 'dead') then()
      after(runtime, cell)
    }
  } catch (error) {
    panic(runtime, cell, error)
  }
}

function wait(runtime: Runtime, cell: Cell, result: PromiseLike<unknown>, then: () => void = () => {}): void {
  cell.busy = true
  const own = ++cell.waits
  runtime.scheduler.busy(1)
  let isSettled = false
  // Of an actor that was ended meanwhile, or that was taken out of a selective receive, what it goes on doing is nobody's.
  const done = (next: () => void) => {
    // What is not a promise of the language may settle twice.
    if (isSettled || cell.waits !== own || cell.phase === 'dead') return
    isSettled = true
    cell.busy = false
    runtime.scheduler.busy(-1)
    next()
  }
  result.then(
    () =>
      done(() => {
        then()
        if (hasWork(cell)) runtime.scheduler.schedule(cell)
      }),
    (error: unknown) => done(() => panic(runtime, cell, error)),
  )
}

/** An actor that has ended itself, or was ended gently, ends before its next message. */
function after(runtime: Runtime, cell: Cell): void {
  if (cell.stopReason !== undefined && cell.phase === 'alive') finish(runtime, cell, cell.stopReason)
}

function panic(runtime: Runtime, cell: Cell, error: unknown): void {
  if (cell.phase === 'dead') return
  runtime.telemetry.panicked(cell, error)
  terminate(runtime, cell, { panic: error })
}
