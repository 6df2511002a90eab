import type { Scope } from '../context/scope.ts'
import type { Span } from '../core/types.ts'
import type { Actor, MailboxOptions, SendResult, Signal } from './actor.ts'
import type { Context } from './context.ts'
import type { ExitReason } from './exit-reason.ts'
import type { Pid } from './pid.ts'
import { Ring } from './ring.ts'
import type { DepthTally, TypeTally } from './type-tally.ts'

/** When a message was sent of which nobody asks how long it waits. */
export const NOT_STAMPED: number = -1

/** A message on its way. One hidden class, made for every message: plain fields. */
export class Envelope {
  readonly message: unknown
  readonly from: Pid | undefined
  /** Who caused it, to be current again while it is handled. */
  readonly scope: Scope | undefined
  /** Monotonic, ns; or `NOT_STAMPED`. */
  readonly sentAt: number
  /** Until when whoever has called waits: monotonic, ns; undefined when nobody waits. */
  readonly deadline: number | undefined
  /** The operation that its sending is, while somebody listens: it ends when the message has been taken, or not. */
  readonly sending: Span | undefined
  /** Of all messages and signals of the system: what came first is handled first, whichever queue it is in. */
  order = 0

  constructor(
    message: unknown,
    from: Pid | undefined,
    scope: Scope | undefined,
    sentAt: number,
    deadline: number | undefined,
    sending: Span | undefined,
  ) {
    this.message = message
    this.from = from
    this.scope = scope
    this.sentAt = sentAt
    this.deadline = deadline
    this.sending = sending
  }
}

/** A sender that waits for room. */
export interface WaitingSender {
  readonly envelope: Envelope
  readonly settle: (result: SendResult) => void
}

/** A signal that is to be handled: those that end an actor are not kept, they act at once. */
export interface PendingSignal {
  readonly signal: Signal
  readonly order: number
}

export type Tell = (down: Signal & { readonly type: 'down' }) => void

/** Somebody who is told of the end of an actor: another actor, or code outside of any. */
export type Watcher = Pid | Tell

/** A selective receive that waits. */
export interface PendingReceive {
  readonly matches: (message: unknown) => boolean
  readonly settle: (message: unknown) => void
  readonly fail: (error: unknown) => void
  /** Takes its time-out away; the promise stays open. */
  readonly cancel: () => void
}

export type Phase = 'starting' | 'alive' | 'dead'

/** All there is of one actor. Everything that few actors need is made when it is needed: an idle one is to be small. */
export class Cell {
  readonly pid: Pid
  readonly type: string
  readonly actor: Actor
  readonly tally: TypeTally
  readonly depths: DepthTally
  readonly capacity: number
  readonly overflow: NonNullable<MailboxOptions['overflow']>
  readonly copy: NonNullable<MailboxOptions['copy']>
  readonly spawnedAt: number
  readonly mailbox: Ring<Envelope> = new Ring()
  signals: Ring<PendingSignal> | undefined
  senders: Ring<WaitingSender> | undefined
  links: Set<Cell> | undefined
  /** Those of other nodes that it is linked to, by their key: one pid may be several objects. */
  remoteLinks: Map<string, Pid> | undefined
  /** Who monitors it, by reference. */
  watchers: Map<number, Watcher> | undefined
  /** Whom it monitors, by reference. */
  watching: Map<number, Cell> | undefined
  /** What ends its monitors of actors of other nodes, by reference. */
  remoteWatching: Map<number, () => void> | undefined
  timers: Set<number> | undefined
  context: Context | undefined
  receiving: PendingReceive | undefined
  /** Of the message that it handles. */
  deadline: number | undefined
  abort: AbortController | undefined
  /** Who has spawned it, until it has been started. */
  origin: Scope | undefined
  /** The operation that its spawning is, while somebody listens. */
  spawning: Span | undefined
  /** Also while it is started: it ends itself then. */
  endsGently = false
  /** A supervisor has started it, and ends it. */
  isSupervised = false
  /** Somebody waits until it is ready, true, or has ended. */
  onStarted: ((isStarted: boolean) => void) | undefined
  name: string | undefined
  phase: Phase = 'starting'
  /** A call of it has returned a promise that is not settled. */
  busy = false
  /** How many promises it has waited for. */
  waits = 0
  /** It is in the run queue. */
  queued = false
  trapExit: boolean
  /** Whose exits it traps, when not everybody's: a supervisor those of its children. */
  trapsFrom: ((from: Pid) => boolean) | undefined
  /** It is to end when it is not busy any more. */
  stopReason: ExitReason | undefined
  handled = 0

  constructor(
    pid: Pid,
    {
      type,
      actor,
      tally,
      depths,
      capacity,
      overflow,
      copy,
      trapExit,
      spawnedAt,
    }: Pick<Cell, 'type' | 'actor' | 'tally' | 'depths' | 'capacity' | 'overflow' | 'copy' | 'trapExit' | 'spawnedAt'>,
  ) {
    this.pid = pid
    this.type = type
    this.actor = actor
    this.tally = tally
    this.depths = depths
    this.capacity = capacity
    this.overflow = overflow
    this.copy = copy
    this.trapExit = trapExit
    this.spawnedAt = spawnedAt
  }
}
