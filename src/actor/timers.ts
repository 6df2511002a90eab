import type { Cancel } from '../core/types.ts'
import type { Address, TimerRef } from './actor.ts'
import { trySend } from './messages.ts'
import { Pid } from './pid.ts'
import { cellOf, type Runtime, remoteOf } from './runtime.ts'

/** Messages that are to come. */
export interface Timers {
  /** Sends a message later. To a pid it is cancelled when that actor ends; who has a name then gets what is for the name. */
  sendAfter(ms: number, to: Address, message: unknown, from: Pid | undefined): TimerRef
  /** False when it was delivered, cancelled, or is unknown. */
  cancel(ref: TimerRef): boolean
  readonly active: number
}

export function createTimers(runtime: Runtime): Timers {
  const cancels = new Map<number, Cancel>()
  let next = 1

  return {
    get active() {
      return cancels.size
    },
    sendAfter(ms, to, message, from) {
      const timer = next++
      const owner = to instanceof Pid ? cellOf(runtime, to) : undefined
      if (to instanceof Pid && owner === undefined && remoteOf(runtime, to) === undefined) return { timer }
      const deliver = () => {
        cancels.delete(timer)
        owner?.timers?.delete(timer)
        runtime.telemetry.timer('delivered', cancels.size)
        trySend(runtime, to, message, from)
      }
      cancels.set(timer, runtime.clock.after(ms, deliver))
      if (owner !== undefined) {
        owner.timers ??= new Set()
        owner.timers.add(timer)
      }
      runtime.telemetry.timer('scheduled', cancels.size)
      return { timer }
    },
    cancel({ timer }) {
      const cancel = cancels.get(timer)
      if (cancel === undefined) return false
      cancel()
      cancels.delete(timer)
      runtime.telemetry.timer('cancelled', cancels.size)
      return true
    },
  }
}
