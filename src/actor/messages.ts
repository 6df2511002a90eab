import type { Address, SendResult } from './actor.ts'
import { type Cell, Envelope, NOT_STAMPED } from './cell.ts'
import { copyMessage } from './copy-message.ts'
import type { Pid } from './pid.ts'
import { CallRequest, type From } from './request.ts'
import { Ring } from './ring.ts'
import { cellOf, type Runtime, remoteOf } from './runtime.ts'
import { scopeIn } from './scope-in.ts'
import { mailboxChanged } from './tally-mailboxes.ts'

/** Already resolved, for the many sends that need not wait. */
const settled: Readonly<Record<SendResult, Promise<SendResult>>> = {
  sent: Promise.resolve('sent'),
  mailbox_full: Promise.resolve('mailbox_full'),
  actor_not_found: Promise.resolve('actor_not_found'),
  dropped: Promise.resolve('dropped'),
  noconnection: Promise.resolve('noconnection'),
  not_serializable: Promise.resolve('not_serializable'),
}

/** Sends without waiting. `deadline`: until when whoever calls waits. */
export function trySend(
  runtime: Runtime,
  to: Address,
  message: unknown,
  from: Pid | undefined,
  deadline?: number,
): SendResult {
  const cell = cellOf(runtime, to)
  if (cell === undefined) return sendElsewhere(runtime, to, message, from)
  const envelope = wrap(runtime, cell, { message, from, deadline })
  if (envelope === undefined) return refuse(runtime, to, cell, 'not_serializable')
  if (handOver(runtime, cell, envelope)) return 'sent'
  if (hasRoom(cell)) return accept(runtime, cell, envelope)
  runtime.telemetry.mailboxFull(cell)
  if (cell.overflow === 'drop_old' || cell.overflow === 'drop_new') return drop(runtime, cell, envelope)
  runtime.telemetry.notSent(envelope, 'mailbox_full')
  return refuse(runtime, to, cell, 'mailbox_full')
}

/** Sends, and waits for room where the actor says so. */
export function send(
  runtime: Runtime,
  to: Address,
  message: unknown,
  from: Pid | undefined,
  deadline?: number,
): Promise<SendResult> {
  const cell = cellOf(runtime, to)
  if (cell === undefined || hasRoom(cell) || cell.overflow !== 'wait')
    return settled[trySend(runtime, to, message, from, deadline)]
  const envelope = wrap(runtime, cell, { message, from, deadline })
  if (envelope === undefined) return settled[refuse(runtime, to, cell, 'not_serializable')]
  if (handOver(runtime, cell, envelope)) return settled.sent
  runtime.telemetry.mailboxFull(cell)
  cell.senders ??= new Ring()
  const { senders } = cell
  return new Promise((settle) => senders.push({ envelope, settle }))
}

/** Takes back a request that waits for room when whoever has called waits no more. */
export function withdraw(runtime: Runtime, cell: Cell, from: From): void {
  const isOwn = (message: unknown) => message instanceof CallRequest && message.from === from
  const waiting = cell.senders?.take(({ envelope }) => isOwn(envelope.message))
  if (waiting === undefined) return
  runtime.telemetry.notSent(waiting.envelope, 'mailbox_full')
  waiting.settle('dropped')
}

/** Takes the message that is to be handled next out of the mailbox. */
export function takeMessage(runtime: Runtime, cell: Cell): Envelope | undefined {
  return taken(runtime, cell, cell.mailbox.shift())
}

/** Takes the first one that matches, of those in the mailbox and of those whose senders wait for room in it. */
export function takeMatching(
  runtime: Runtime,
  cell: Cell,
  matches: (message: unknown) => boolean,
): Envelope | undefined {
  const there = taken(
    runtime,
    cell,
    cell.mailbox.take(({ message }) => matches(message)),
  )
  if (there !== undefined) return there
  const waiting = cell.senders?.take(({ envelope }) => matches(envelope.message))
  if (waiting === undefined) return undefined
  runtime.telemetry.sent(cell, waiting.envelope)
  waiting.settle('sent')
  return waiting.envelope
}

/** Out of the mailbox: a sender that waits is let in. */
function taken(runtime: Runtime, cell: Cell, envelope: Envelope | undefined): Envelope | undefined {
  if (envelope === undefined) return undefined
  mailboxChanged(runtime, cell, cell.mailbox.length + 1)
  runtime.telemetry.dequeued(cell, envelope)
  const waiting = cell.senders?.shift()
  if (waiting !== undefined) waiting.settle(accept(runtime, cell, waiting.envelope))
  return envelope
}

/** To another node, or to nobody. */
function sendElsewhere(runtime: Runtime, to: Address, message: unknown, from: Pid | undefined): SendResult {
  const elsewhere = remoteOf(runtime, to)
  return (
    elsewhere?.remote.send('send', elsewhere.to, message, from) ?? refuse(runtime, to, undefined, 'actor_not_found')
  )
}

/** Where somebody waits there is none: whoever waits is let in as soon as a message is taken. */
function hasRoom(cell: Cell): boolean {
  return cell.mailbox.length < cell.capacity
}

interface Message {
  readonly message: unknown
  readonly from: Pid | undefined
  readonly deadline: number | undefined
}

/** Undefined for what cannot be copied as the actor wants it. */
function wrap(runtime: Runtime, cell: Cell, { message, from, deadline }: Message): Envelope | undefined {
  let given = message
  if (cell.copy !== 'reference') {
    try {
      given = copyMessage(message, cell.copy)
    } catch {
      return undefined
    }
  }
  const sentAt = runtime.telemetry.asksForWaits() ? runtime.clock.monotonicTime() : NOT_STAMPED
  const sending = runtime.telemetry.sending(cell, message, from)
  return new Envelope(given, from, scopeIn(runtime.bus, sending), sentAt, deadline, sending)
}

/** Gives a message to the selective receive that waits for it, past the mailbox: it may be full. False when there is none. */
function handOver(runtime: Runtime, cell: Cell, envelope: Envelope): boolean {
  const { receiving } = cell
  if (receiving === undefined) return false
  try {
    if (!receiving.matches(envelope.message)) return false
  } catch (error) {
    // Of whoever receives; the message is for the next one.
    cell.receiving = undefined
    receiving.fail(error)
    return false
  }
  cell.receiving = undefined
  runtime.telemetry.sent(cell, envelope)
  receiving.settle(envelope.message)
  return true
}

function accept(runtime: Runtime, cell: Cell, envelope: Envelope): SendResult {
  runtime.telemetry.sent(cell, envelope)
  envelope.order = runtime.nextOrder++
  cell.mailbox.push(envelope)
  mailboxChanged(runtime, cell, cell.mailbox.length - 1)
  if (!cell.busy) runtime.scheduler.schedule(cell)
  return 'sent'
}

function drop(runtime: Runtime, cell: Cell, envelope: Envelope): SendResult {
  if (cell.overflow === 'drop_new') {
    runtime.telemetry.notSent(envelope, 'mailbox_full')
    runtime.telemetry.failed(cell.pid, cell, 'mailbox_full')
    return 'dropped'
  }
  cell.mailbox.shift()
  mailboxChanged(runtime, cell, cell.mailbox.length + 1)
  runtime.telemetry.failed(cell.pid, cell, 'mailbox_full')
  return accept(runtime, cell, envelope)
}

type Refusal = 'mailbox_full' | 'actor_not_found' | 'not_serializable'

function refuse(runtime: Runtime, to: Address, cell: Cell | undefined, reason: Refusal): SendResult {
  runtime.telemetry.failed(to, cell, reason)
  return reason
}
