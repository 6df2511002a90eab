import type { Clock } from '../core/types.ts'
import type { Cell } from './cell.ts'
import { Ring } from './ring.ts'

/** Who runs next. */
export interface Scheduler {
  /** Puts an actor at the end of the queue, if it is not in it. */
  schedule(cell: Cell): void
  /** Resolves when nothing runs and nothing is about to. */
  idle(): Promise<void>
  /** An actor has become busy with a promise, or is not any more. */
  busy(change: 1 | -1): void
}

/** A turn of the event loop goes to sockets and timers after this many nanoseconds. */
const SLICE_NS = 5e6
/** Between two looks at the clock, when nothing has taken long. */
const LOOK_EVERY = 16

/**
 * Whether to look at the clock after so many turns, or messages: after the second, the fourth and the eighth, then after each sixteenth. A look costs a third of a
 * message that does nothing, and one that does much is noticed soon.
 */
export function isTimeToLook(count: number): boolean {
  return count % LOOK_EVERY === 0 || count === 2 || count === 4 || count === 8
}

/**
 * Round robin: each actor has a turn of at most 100 messages, then the next one; after 5 ms, in whosever turn, the event loop goes on with
 * everything else. `outside` runs a function in no context: whoever sends a message must not lend his to all that follows.
 */
export function createScheduler(
  clock: Clock,
  turn: (cell: Cell, end: number) => void,
  outside: (fn: () => void) => void,
): Scheduler {
  const queue = new Ring<Cell>()
  const waiting: (() => void)[] = []
  let isPlanned = false
  let busy = 0

  const plan = () => {
    isPlanned = true
    outside(() => setImmediate(run))
  }

  function run(): void {
    const end = clock.monotonicTime() + SLICE_NS
    let turns = 0
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      cell.queued = false
      turn(cell, end)
      if (isTimeToLook(++turns) && clock.monotonicTime() > end) break
    }
    isPlanned = false
    if (queue.length > 0) plan()
    else settle()
  }

  function settle(): void {
    if (isPlanned || queue.length > 0 || busy > 0) return
    for (const resolve of waiting.splice(0)) resolve()
  }

  return {
    schedule(cell) {
      if (cell.queued) return
      cell.queued = true
      queue.push(cell)
      if (!isPlanned) plan()
    },
    idle: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        settle()
      }),
    busy(change) {
      busy += change
      if (busy === 0) setImmediate(settle)
    },
  }
}
