import type { Cancel } from '../core/types.ts'
import type { Address, TimerRef } from './actor.ts'
import type { Cell } from './cell.ts'
import { send } from './messages.ts'
import { Pid } from './pid.ts'
import { cellOf, type Runtime, remoteOf } from './runtime.ts'

/** Messages that are to come. */
export interface Timers {
  /**
   * Sends a message later, as `send` does: it waits for room where the actor says so. To a pid it is cancelled when that actor ends; who has a name
   * then gets what is for the name.
   */
  sendAfter(ms: number, to: Address, message: unknown, from: Pid | undefined): TimerRef
  /** False when it was delivered, cancelled, or is unknown. */
  cancel(ref: TimerRef): boolean
  readonly active: number
}

export function createTimers(runtime: Runtime): Timers {
  const pending = new Map<number, { readonly cancel: Cancel; readonly owner: Cell | undefined }>()
  let next = 1

  const forget = (timer: number) => {
    pending.get(timer)?.owner?.timers?.delete(timer)
    pending.delete(timer)
  }

  return {
    get active() {
      return pending.size
    },
    sendAfter(ms, to, message, from) {
      const timer = next++
      const owner = to instanceof Pid ? cellOf(runtime, to) : undefined
      if (to instanceof Pid && owner === undefined && remoteOf(runtime, to) === undefined) return { timer }
      const deliver = () => {
        forget(timer)
        runtime.telemetry.timer('delivered', pending.size)
        void send(runtime, to, message, from)
      }
      pending.set(timer, { cancel: runtime.clock.after(ms, deliver), owner })
      if (owner !== undefined) {
        owner.timers ??= new Set()
        owner.timers.add(timer)
      }
      runtime.telemetry.timer('scheduled', pending.size)
      return { timer }
    },
    cancel({ timer }) {
      const found = pending.get(timer)
      if (found === undefined) return false
      found.cancel()
      forget(timer)
      runtime.telemetry.timer('cancelled', pending.size)
      return true
    },
  }
}
