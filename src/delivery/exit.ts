import { toDetach } from '../core/lifecycle.ts'
import type { Bus, Cancel, Detach } from '../core/types.ts'

/** How long the end of the process is put off, in milliseconds: what `bus.flush()` and `bus.close()` take at most, and a little. */
const LIMIT_MS = 6_000

/** What runs when the process ends. */
const atExit = new Set<() => void>()

/**
 * Runs `fn` when the process ends: by itself, by `process.exit`, or by an uncaught error. Synchronously, because nothing that takes longer
 * is waited for, and what was asked for last runs first. Not at SIGKILL, at an abort, or at a signal that nobody listens to.
 */
export function onExit(fn: () => void): Cancel {
  if (atExit.size === 0) process.on('exit', runAll)
  atExit.add(fn)
  return () => {
    if (atExit.delete(fn) && atExit.size === 0) process.off('exit', runAll)
  }
}

function runAll(): void {
  for (const fn of [...atExit].reverse()) {
    try {
      fn()
    } catch {
      // The next one has something to save too.
    }
  }
}

const flushed = new Map<Bus, number>()

/**
 * Flushes a bus when the process has nothing left to do, before it ends by itself: once, 5 s at most.
 *
 * The sinks of sonde call it when they are attached, so a program need not. It does nothing where a process is ended by `process.exit` or a
 * signal: see `closeOnSignal`, and give a sink a `directory` for what must not be lost.
 */
export function flushOnExit(bus: Bus): Detach {
  if (flushed.size === 0) process.on('beforeExit', flushAll)
  flushed.set(bus, (flushed.get(bus) ?? 0) + 1)
  return once(() => {
    const users = (flushed.get(bus) ?? 0) - 1
    if (users > 0) flushed.set(bus, users)
    else if (flushed.delete(bus) && flushed.size === 0) process.off('beforeExit', flushAll)
  })
}

function flushAll(): void {
  // What is done here makes Node ask again, and events of the flush itself would never end.
  process.off('beforeExit', flushAll)
  const buses = [...flushed.keys()]
  flushed.clear()
  void holdOpen(buses.map((bus) => bus.flush()))
}

const closed = new Map<NodeJS.Signals, Set<Bus>>()

/**
 * Closes a bus when one of `signals` comes, by default SIGTERM and SIGINT. Then the signal does what it would have done: with no listener
 * but these the process ends by it, and where the program listens itself, that decides. A second signal is not waited for.
 */
export function closeOnSignal(bus: Bus, signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT']): Detach {
  for (const signal of signals) {
    const buses = closed.get(signal) ?? new Set()
    if (!closed.has(signal)) process.prependListener(signal, closeAll)
    closed.set(signal, buses.add(bus))
  }
  return once(() => {
    for (const signal of signals) {
      const buses = closed.get(signal)
      if (buses?.delete(bus) === true && buses.size === 0) stopListening(signal)
    }
  })
}

async function closeAll(signal: NodeJS.Signals): Promise<void> {
  const buses = closed.get(signal) ?? []
  stopListening(signal)
  // Asked first and now: a listener of the program that runs once is gone when it has been called.
  const isAlone = process.listenerCount(signal) === 0
  await holdOpen([...buses].map((bus) => bus.close()))
  if (isAlone) process.kill(process.pid, signal)
}

function stopListening(signal: NodeJS.Signals): void {
  process.off(signal, closeAll)
  closed.delete(signal)
}

/** Waits while a timer keeps the process alive, for the timers of a bus do not. */
async function holdOpen(work: readonly Promise<void>[]): Promise<void> {
  const timer = setTimeout(() => {}, LIMIT_MS)
  await Promise.all(work)
  clearTimeout(timer)
}

function once(stop: () => void): Detach {
  let active = true
  return toDetach(() => {
    if (!active) return false
    active = false
    stop()
    return true
  })
}
