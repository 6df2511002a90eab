import type { Cell } from './cell.ts'
import type { Pid } from './pid.ts'

/** What is known of an actor now. */
export interface ActorInfo {
  readonly pid: Pid
  readonly type: string
  readonly name: string | undefined
  readonly mailbox: number
  readonly capacity: number
  readonly handled: number
  readonly links: readonly Pid[]
  readonly monitoredBy: number
  readonly trapExit: boolean
}

export function infoOf({ pid, type, name, mailbox, capacity, handled, links, watchers, trapExit }: Cell): ActorInfo {
  return {
    pid,
    type,
    name,
    mailbox: mailbox.length,
    capacity,
    handled,
    links: [...(links ?? [])].map((cell) => cell.pid),
    monitoredBy: watchers?.size ?? 0,
    trapExit,
  }
}
