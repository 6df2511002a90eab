import type { Bus, Clock } from '../core/types.ts'
import type { Address } from './actor.ts'
import type { Cell } from './cell.ts'
import type { ExitReason } from './exit-reason.ts'
import type { MessageSize } from './message-size.ts'
import type { Pid } from './pid.ts'
import type { Remote, RemoteAddress } from './remote/remote.ts'
import { RemoteName } from './remote-name.ts'
import type { Ring } from './ring.ts'
import type { Scheduler } from './scheduler.ts'
import type { ActorTelemetry } from './telemetry.ts'
import type { Timers } from './timers.ts'
import type { TypeTally } from './type-tally.ts'

/** An actor that has ended, and whom its end is still to be told. */
export interface Death {
  readonly cell: Cell
  readonly reason: ExitReason
}

/** What all parts of one system share. */
export interface Runtime {
  readonly bus: Bus
  readonly clock: Clock
  readonly name: string
  readonly incarnation: number
  /** Stands for the owner of a name that nobody has. */
  readonly nobody: Pid
  readonly cells: Map<number, Cell>
  readonly names: Map<string, Cell>
  readonly tallies: Map<string, TypeTally>
  readonly telemetry: ActorTelemetry
  readonly deaths: Ring<Death>
  readonly scheduler: Scheduler
  readonly timers: Timers
  readonly sizeOf: MessageSize
  nextPid: number
  nextRef: number
  /** Of the next message or signal. */
  nextOrder: number
  isTelling: boolean
  /** What waits in mailboxes is counted by type, and was counted since. */
  isTallied: boolean
  /** Undefined where there is no cluster. */
  remote: Remote | undefined
}

/** The living actor of a pid or a name. */
export function cellOf(runtime: Runtime, address: Address): Cell | undefined {
  if (typeof address === 'string') return runtime.names.get(address)
  if (address instanceof RemoteName) return address.node === runtime.name ? runtime.names.get(address.name) : undefined
  const cell = runtime.cells.get(address.id)
  return cell?.pid === address ? cell : undefined
}

/** Whom to ask for the actor of an address when it is one of another node that can be reached; undefined for one of this system, and where there is no cluster. */
export function remoteOf(
  { remote, name }: Runtime,
  to: Address,
): { readonly remote: Remote; readonly to: RemoteAddress } | undefined {
  return remote === undefined || typeof to === 'string' || to.node === name ? undefined : { remote, to }
}
