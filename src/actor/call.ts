import type { Address, SendResult } from './actor.ts'
import { CallError, type CallFailure } from './call-error.ts'
import type { Cell } from './cell.ts'
import type { ExitReason } from './exit-reason.ts'
import { isPromise } from './is-promise.ts'
import { watch } from './links.ts'
import { send, withdraw } from './messages.ts'
import type { Pid } from './pid.ts'
import { CallRequest, Cast, type From } from './request.ts'
import { cellOf, type Runtime, remoteOf } from './runtime.ts'

export interface CallOptions {
  /** Default 5,000, as in Erlang. */
  readonly timeoutMs?: number
}

const DEFAULT_TIMEOUT_MS = 5_000

/**
 * Asks a server and waits for its reply. Rejects with a `CallError`: at once when there is nobody, when the actor calls itself, and when the server
 * ends; after `timeoutMs` otherwise. A reply that comes later is dropped.
 */
export function call(
  runtime: Runtime,
  to: Address,
  request: unknown,
  { caller, timeoutMs: wanted = DEFAULT_TIMEOUT_MS }: CallOptions & { readonly caller: Cell | undefined },
): Promise<unknown> {
  const cell = cellOf(runtime, to)
  const elsewhere = cell === undefined ? remoteOf(runtime, to) : undefined
  // Whoever waits for the caller does not wait longer for it.
  const timeoutMs = Math.min(wanted, remainingMs(runtime, caller) ?? wanted)
  const span = runtime.telemetry.calling(to, cell)
  return new Promise((resolve, reject) => {
    let isOpen = true
    let isReplied = false
    let stopWaiting = () => {}

    /** True for the first one: everything after it is too late. */
    const close = (): boolean => {
      if (!isOpen) return false
      isOpen = false
      stopWaiting()
      return true
    }
    const fail = (failure: CallFailure, reason?: ExitReason) => {
      if (!close()) return
      const error = new CallError(failure, String(to), reason)
      span.failed(failure, error, timeoutMs)
      reject(error)
    }
    const from: From = {
      pid: caller?.pid,
      reply(value) {
        if (!isOpen || isReplied) {
          runtime.telemetry.lateReply(cell)
          return false
        }
        isReplied = true
        whenSettled(value, {
          kept(settled) {
            if (!close()) return
            span.ended()
            resolve(settled)
          },
          broken: (error) => fail('exit', { panic: error }),
        })
        return true
      },
    }

    if (cell === caller && cell !== undefined) return fail('self')
    if (cell === undefined && elsewhere === undefined) return fail('noproc')
    const cancel = runtime.clock.after(timeoutMs, () => {
      fail('timeout')
      if (cell !== undefined) withdraw(runtime, cell, from)
    })
    stopWaiting = cancel
    if (cell === undefined) {
      const asking = { request, from: caller?.pid, timeoutMs, reply: from.reply, fail }
      const stopAsking = elsewhere?.remote.call(elsewhere.to, asking)
      stopWaiting = () => {
        cancel()
        stopAsking?.()
      }
      return
    }
    const { monitor: ref } = watch(runtime, cell, ({ reason }) => fail('exit', reason))
    stopWaiting = () => {
      cancel()
      cell.watchers?.delete(ref)
    }
    const deadline = runtime.clock.monotonicTime() + timeoutMs * 1e6
    void send(runtime, cell.pid, new CallRequest(request, from), caller?.pid, deadline).then((result) => {
      if (result === 'actor_not_found') fail('noproc')
      else if (result === 'not_serializable') fail(result)
      else if (result !== 'sent') fail('mailbox_full')
    })
  })
}

/** Tells a server something that it does not reply to. */
export function cast(runtime: Runtime, to: Address, message: unknown, from: Pid | undefined): Promise<SendResult> {
  const cell = cellOf(runtime, to)
  if (cell !== undefined) runtime.telemetry.cast(cell)
  const elsewhere = cell === undefined ? remoteOf(runtime, to) : undefined
  if (elsewhere !== undefined) return Promise.resolve(elsewhere.remote.send('cast', elsewhere.to, message, from))
  return send(runtime, to, new Cast(message), from)
}

/** Milliseconds that whoever has called an actor still waits; undefined when nobody does. */
export function remainingMs({ clock }: Runtime, cell: Cell | undefined): number | undefined {
  return cell?.deadline === undefined ? undefined : Math.max(0, (cell.deadline - clock.monotonicTime()) / 1e6)
}

/** At once, unless it is a promise: what has a reply keeps it if the server ends in the same moment. */
function whenSettled(
  value: unknown,
  { kept, broken }: { readonly kept: (value: unknown) => void; readonly broken: (error: unknown) => void },
): void {
  try {
    if (isPromise(value)) void Promise.resolve(value).then(kept, broken)
    else kept(value)
  } catch (error) {
    broken(error)
  }
}
