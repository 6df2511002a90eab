import type { ExitReason } from './exit-reason.ts'
import { formatReason } from './exit-reason.ts'

/**
 * Why a call has no reply. `exit`: whoever was called has ended before. `self`: an actor that calls itself would wait for ever. `noconnection`: its node is not
 * there, or not any more. `not_serializable`: the request, or the reply, cannot be sent to another process.
 */
export type CallFailure = 'timeout' | 'noproc' | 'exit' | 'self' | 'mailbox_full' | 'noconnection' | 'not_serializable'

/** A call that has failed. */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly failure: CallFailure
  /** How whoever was called has ended; of `exit` only. */
  readonly reason: ExitReason | undefined

  constructor(failure: CallFailure, to: string, reason?: ExitReason) {
    super(
      messageOf(failure, to, reason),
      typeof reason === 'object' && 'panic' in reason ? { cause: reason.panic } : {},
    )
    this.failure = failure
    this.reason = reason
  }
}

function messageOf(failure: CallFailure, to: string, reason: ExitReason | undefined): string {
  const what = `[sonde] actor: the call of ${to}`
  if (failure === 'timeout') return `${what} has timed out; give it more with 'timeoutMs', or make it a cast`
  if (failure === 'noproc') return `${what} has met nobody`
  if (failure === 'self') return `${what} would wait for itself`
  if (failure === 'mailbox_full') return `${what} has met a full mailbox`
  if (failure === 'noconnection') return `${what} has no connection to its node`
  if (failure === 'not_serializable') return `${what} has a request or a reply that cannot be sent to another process`
  return `${what} has no reply: it has ended, ${formatReason(reason ?? 'noproc')}`
}
